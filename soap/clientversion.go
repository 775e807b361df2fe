package soap

import (
	"strconv"
	"strings"
)

// clientVersion is a version of the Web Connector: up to four numbers, like 2.3.0.215 or 34.0.
type clientVersion [4]int

func parseClientVersion(s string) (clientVersion, bool) {
	var v clientVersion
	parts := strings.Split(strings.TrimSpace(s), ".")
	if len(parts) > len(v) {
		return clientVersion{}, false
	}
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 31)
		if err != nil {
			return clientVersion{}, false
		}
		v[i] = int(n)
	}
	return v, true
}

func (v clientVersion) before(o clientVersion) bool {
	for i := range v {
		if v[i] != o[i] {
			return v[i] < o[i]
		}
	}
	return false
}
