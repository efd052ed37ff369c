package references

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWords(t *testing.T) {
	for key, want := range map[string][]string{
		"secretName":                 {"secret", "name"},
		"clientTLSSecretName":        {"client", "tls", "secret", "name"},
		"client-tls-secret-name":     {"client", "tls", "secret", "name"},
		"client_tls_secretname":      {"client", "tls", "secret", "name"},
		"clientTLSCertName":          {"client", "tls", "cert", "name"},
		"rootCAs":                    {"root", "cas"},
		"imagepullsecrets":           {"imagepull", "secrets"},
		"rootCAsSecrets":             {"root", "cas", "secrets"},
		"oauth2":                     {"oauth2"},
		"serverCASecret":             {"server", "ca", "secret"},
		"example.com/auth-secret":    {"example", "com", "auth", "secret"},
		"secretary":                  {"secretary"},
		"":                           nil,
		"--tls-secret":               {"tls", "secret"},
		"accessKeyIDSecretRef":       {"access", "key", "id", "secret", "ref"},
		"Ärger":                      {"ärger"},
		"writeConnectionSecretToRef": {"write", "connection", "secret", "to", "ref"},
	} {
		if diff := cmp.Diff(want, words(key)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", key, diff)
		}
	}
}

func TestShapeOf(t *testing.T) {
	both, object, neither := shape{text: true, object: true}, shape{object: true}, shape{}
	for key, want := range map[string]shape{
		"secretName": both, "secretRef": both, "tlsSecret": both, "existingSecret": both, "imagePullSecrets": both,
		"passwordSecretRef": both, "clientSecretSecretRef": both, "secretAccessKeySecretRef": both, "SECRET_NAME": both,
		"secretKeyRef": both, "proxy-ssl-secret": both, "secretnames": both,

		"secretKey": object, "secretKeySelector": object, "secretObjectReference": object, "secretTargetRef": object,
		"certificateRefs": object, "credentialRefs": object,

		"secretAccessKey": neither, "secretStoreRef": neither, "secretNamespace": neither, "secretProviderClass": neither,
		"externalSecretRef": neither, "sealedSecretName": neither, "secretPath": neither, "secretTemplate": neither,
		"secretary": neither, "name": neither, "configMapRef": neither, "": neither, "certificateRef": neither,
		"Refs": neither, "issuerRefs": neither,

		"writeConnectionSecretToRef": {text: true, object: true, output: true},
		"connInfoSecretTarget":       {text: true, object: true, output: true},
		"targetSecretName":           {text: true, object: true, output: true},
		"publishConnectionDetailsTo": {object: true, output: true},
	} {
		if diff := cmp.Diff(want, shapeOf(key), cmp.AllowUnexported(shape{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", key, diff)
		}
	}
}

func TestSpeaksOfSecrets(t *testing.T) {
	for key, want := range map[string]bool{
		"secretName": true, "existingSecret": true, "credentials": true, "creds": true, "tlsSource": true, "authFrom": true,
		"passwordSelector": true, "secretOfApp": true,

		"": false, "source": false, "from": false, "imageSource": false, "tls": false, "secretNamespace": false,
		"secretStoreRef":  false,
		"secretHostThing": false, "authMode": false, "secretary": false,
	} {
		if got := speaksOfSecrets(key); got != want {
			t.Errorf("%q: %v", key, got)
		}
	}
}

func TestIsConfigMap(t *testing.T) {
	for key, want := range map[string]bool{
		"configMapRef": true, "configmaps": true, "config-map": true, "configMaps": true, "CONFIG_MAPS": true,
		"config": false, "map": false, "mapConfig": false, "configSecret": false, "": false,
	} {
		if got := isConfigMap(words(key)); got != want {
			t.Errorf("%q: %v", key, got)
		}
	}
}
