package sopsfile_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getsops/sops/v3/keyservice"
	"google.golang.org/grpc"

	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

// TestVaultTransit has the real sops encrypt by a transit engine of HashiCorp Vault or OpenBao, and us decrypt by it.
// The server is an emulation of the two calls of its API that SOPS makes.
func TestVaultTransit(t *testing.T) {
	sopstest.NoKeys(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Plaintext, Ciphertext string }
		if r.Header.Get("X-Vault-Token") != "a-token" || json.NewDecoder(r.Body).Decode(&in) != nil {
			http.Error(w, `{"errors":["permission denied"]}`, http.StatusForbidden)
			return
		}
		data := map[string]string{}
		switch r.URL.Path {
		case "/v1/sops/encrypt/shop":
			data["ciphertext"] = "vault:v1:" + base64.StdEncoding.EncodeToString([]byte(in.Plaintext))
		case "/v1/sops/decrypt/shop":
			plain, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(in.Ciphertext, "vault:v1:"))
			if err != nil {
				t.Error(err)
			}
			data["plaintext"] = string(plain)
		default:
			http.NotFound(w, r)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": data}) // a client that is gone has failed already
	}))
	defer server.Close()
	t.Setenv("VAULT_TOKEN", "a-token")
	t.Setenv("VAULT_ADDR", server.URL)
	key := server.URL + "/v1/sops/keys/shop"
	dir := t.TempDir()
	sopstest.Encrypt(t, dir, "a.enc.yaml", "password: correct horse\n", "--hc-vault-transit", key)
	if got := password(t, dir, "a.enc.yaml"); got != "correct horse" {
		t.Errorf("the value is %q", got)
	}
	t.Setenv("VAULT_TOKEN", "another")
	sopstest.Holds(t, refused(t, dir, "a.enc.yaml", "correct horse"), "no key here opens it", "hc_vault "+key)
}

// TestAWSKMS has the real sops encrypt by AWS KMS, and us decrypt by it. The service is an emulation of the two calls
// of its API that SOPS makes.
func TestAWSKMS(t *testing.T) {
	sopstest.NoKeys(t)
	const arn = "arn:aws:kms:eu-north-1:000000000000:key/11111111-2222-3333-4444-555555555555"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Plaintext, CiphertextBlob []byte }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		switch r.Header.Get("X-Amz-Target") {
		case "TrentService.Encrypt":
			_ = json.NewEncoder(w).Encode(map[string]any{"KeyId": arn, "CiphertextBlob": append([]byte("sealed:"),
				in.Plaintext...)})
		case "TrentService.Decrypt":
			_ = json.NewEncoder(w).Encode(map[string]any{"KeyId": arn, "Plaintext": in.CiphertextBlob[len("sealed:"):]})
		default:
			http.Error(w, "{}", http.StatusBadRequest)
		}
	}))
	defer server.Close()
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
		"AWS_EC2_METADATA_DISABLED": "true",
		"AWS_REGION":                "eu-north-1",
	} {
		t.Setenv(name, value)
	}
	dir := t.TempDir()
	sopstest.Encrypt(t, dir, "a.enc.yaml", "password: correct horse\n", "--kms", arn)
	if got := password(t, dir, "a.enc.yaml"); got != "correct horse" {
		t.Errorf("the value is %q", got)
	}
}

// cloud is a key service with a key of each kind that needs an account of a cloud.
type cloud struct {
	keyservice.UnimplementedKeyServiceServer
}

func (cloud) Encrypt(_ context.Context, r *keyservice.EncryptRequest) (*keyservice.EncryptResponse, error) {
	return &keyservice.EncryptResponse{Ciphertext: []byte(r.Key.String() + ":" + string(r.Plaintext))}, nil
}

func (cloud) Decrypt(_ context.Context, r *keyservice.DecryptRequest) (*keyservice.DecryptResponse, error) {
	plain, found := bytes.CutPrefix(r.Ciphertext, []byte(r.Key.String()+":"))
	if !found {
		return nil, errors.New("it was encrypted by another key")
	}
	return &keyservice.DecryptResponse{Plaintext: plain}, nil
}

// TestCloudKeys has the real sops encrypt by keys of Google and Azure, and us decrypt by them. The keys are in a key
// service: SOPS's own clients for them ask servers on the Internet.
func TestCloudKeys(t *testing.T) {
	sopstest.NoKeys(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	keyservice.RegisterKeyServiceServer(server, cloud{})
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	address := "tcp://" + listener.Addr().String()
	t.Setenv("SOPS_KEYSERVICE", address)
	t.Setenv("SOPS_ENABLE_LOCAL_KEYSERVICE", "false")
	dir := t.TempDir()
	for flag, key := range map[string]string{
		"--gcp-kms":  "projects/shop/locations/global/keyRings/sops/cryptoKeys/shop",
		"--azure-kv": "https://shop.vault.azure.net/keys/sops/0123456789abcdef0123456789abcdef",
	} {
		sopstest.Encrypt(t, dir, "a.enc.yaml", "password: correct horse\n", flag, key, "--keyservice", address,
			"--enable-local-keyservice=false")
		if got := password(t, dir, "a.enc.yaml"); got != "correct horse" {
			t.Errorf("%s: the value is %q", flag, got)
		}
	}
}
