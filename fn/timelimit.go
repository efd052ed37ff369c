package fn

import (
	"fmt"
	"strconv"
	"time"
)

// TimeLimit returns the time limit that a value of the environment variable asks for.
func TimeLimit(value string) (time.Duration, error) {
	if value == "" {
		return DefaultTimeLimit, nil
	}
	limit, err := time.ParseDuration(value)
	if err != nil || limit <= 0 {
		return 0, fmt.Errorf("%s=%s is not a time limit; write it like 90s, 5m or 1h", TimeoutEnv, strconv.Quote(value))
	}
	return limit, nil
}
