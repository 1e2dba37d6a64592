package rsp

import (
	"net"
	"strings"
)

// localRegion is what Participants are told of where they are, unless they asked
// for a certain signaling region or the Room was made for a certain media region.
const localRegion = "local"

// regionOf is the signaling region that a client asked for. It does so by host
// name, <region>.vss.twilio.com (twilio-video.js, lib/util/constants.js); with the
// option wsServer there is none, and "global" leaves the choice to us.
func regionOf(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	region, domain, _ := strings.Cut(strings.ToLower(host), ".")
	if !strings.HasPrefix(domain, "vss.") || !strings.HasSuffix(domain, "twilio.com") || region == "" || region == "global" {
		return localRegion
	}
	return region
}
