package twilioapi

// Operations are all the calls that the product makes, as package twiliospec
// writes them.
func Operations() []string {
	var all []string
	for _, op := range operations() {
		all = append(all, op.method+" "+op.product+".twilio.com"+op.path)
	}
	return all
}
