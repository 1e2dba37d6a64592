package demo

// The Workers' Flex identities: a Worker's friendly name in TaskRouter.
const (
	agentIdentity = "alex.morgan"
	otherIdentity = "robin.okafor"
)

// workers are the Workers of the demo, by identity, and the Activities in which they
// begin. Nobody sits at the other's desk, who must not be offered what comes.
var workers = []struct{ identity, name, email, activity string }{
	{agentIdentity, "Alex Morgan", "alex.morgan@example.com", "Available"},
	{otherIdentity, "Robin Okafor", "robin.okafor@example.com", "Offline"},
}

// line is one Message of a script.
type line struct {
	agent bool
	body  string
}

// chat is a Conversation with its customer, as the demo begins it.
type chat struct {
	name     string // unique name of the Conversation
	worker   string // identity of whoever has its Task
	customer customer
	lines    []line
}

// customer is who chats, and what the desk shows about them. It travels in the
// Conversation's attributes.
type customer struct {
	Name  string `json:"customerName"`
	Topic string `json:"topic"`
	Facts []fact `json:"facts"`
}

// fact is a line of the desk's customer card.
type fact struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// seeds are the chats that a fresh store begins with.
var seeds = []chat{
	{
		name: "demo-maya", worker: agentIdentity,
		customer: customer{"Maya Lindqvist", "Error E07 on an e-bike display", []fact{
			{"Customer since", "March 2023"}, {"Order", "10482 · Fjord E-City 500"}, {"Device", "Phone, Safari"}, {"Plan", "Service Plus"},
		}},
		lines: []line{
			{false, "Hi! My e-bike shows E07 and the motor does nothing. It worked fine yesterday."},
			{true, "Hello Maya, sorry about that. E07 is usually a loose sensor plug near the rear wheel."},
			{false, "There are three cables down there and I can’t tell which one you mean."},
			{true, "Is there a small magnet on one of the spokes, about a hand’s width from the hub?"},
			{false, "Maybe? It’s hard to describe. Can I just show you?"},
		},
	},
	{
		name: "demo-tom", worker: agentIdentity,
		customer: customer{"Tom Becker", "Coupling of a child trailer", []fact{
			{"Customer since", "June 2025"}, {"Order", "11937 · Duo child trailer"}, {"Device", "Laptop, Firefox"}, {"Plan", "Standard"},
		}},
		lines: []line{
			{false, "The trailer arrived, thank you. Step 6 of the manual says to fold the coupling inwards, but it does not move."},
			{true, "Hi Tom! There is a red safety pin under the coupling. Is it pulled out?"},
			{false, "I see something orange, not red. I don’t want to force it with the kids’ seat on top."},
		},
	},
	{
		name: "demo-priya", worker: otherIdentity,
		customer: customer{"Priya Nair", "Change of a delivery address", []fact{
			{"Customer since", "January 2024"}, {"Order", "12004 · Trail helmet"}, {"Device", "Laptop, Chrome"}, {"Plan", "Standard"},
		}},
		lines: []line{
			{false, "Can the helmet go to my office instead?"},
			{true, "Of course, Priya. Which address is it?"},
		},
	},
}

// newcomers are who "Start a new chat" brings, in turn.
var newcomers = []customer{
	{"Sam Rivera", "Brakes squeal after rain", []fact{{"Customer since", "Today"}, {"Device", "This browser"}, {"Plan", "None yet"}}},
	{"Jordan Lee", "Which frame size fits", []fact{{"Customer since", "Today"}, {"Device", "This browser"}, {"Plan", "None yet"}}},
	{"Ines Duarte", "Charger light stays red", []fact{{"Customer since", "Today"}, {"Device", "This browser"}, {"Plan", "None yet"}}},
	{"Noah Winter", "Saddle post slips", []fact{{"Customer since", "Today"}, {"Device", "This browser"}, {"Plan", "None yet"}}},
}

// greeting is the agent's first line in a new chat.
const greeting = "Hi, this is Alex from Fjord & Field. How can I help?"
