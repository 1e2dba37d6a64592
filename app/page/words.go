package page

// words are the sentences of the pages in one language: every text that a
// person reads or hears is a field here, and a test wants every field in every
// language. Verbs take what their comment names.
type words struct {
	Lang string // BCP 47 tag
	Dir  string // "ltr" or "rtl"

	roomWords

	Agent, Customer, Colleague, You string

	HomeTitle, HomeHeading, HomeLead, CodeLabel, CodeHint, CodeSubmit string

	InviteHeading, InviteLead, InviteTitle                        string // agent, -, brand
	Steps                                                         [3]string
	Recorded, NotRecorded, Consent, ConsentMissing, ConsentRefuse string
	Join, JoinQuiet, JoinNothing, Check, CheckHint, Asking        string
	AskUnanswered                                                 string
	SDKLoading                                                    string
	PreviewOff, NoCamera, Mic, Camera, MicLevel                   string
	MicOff                                                        string
	Preview                                                       string

	// How long the link works: until a time of day, or for a number of minutes
	// or hours where the time zone is not known.
	LinkUntil, LinkMinute, LinkMinutes, LinkHour, LinkHours string // time, -, number, -, number

	// What start.js says before the program is up.
	Starting, StartFailed string

	WaitHeading, WaitLead, WaitTitle, WaitCancel string // agent, agent, -, -
	Cancel                                       string
	JoiningHeading, JoiningTitle, Loading        string

	CallHeading, CallNobody, CallTitle                      string // agent, -, brand
	Mute, Share, StopShare, Flip, More, Leave, FullScreen   string
	Microphone, Speaker, Settings, DefaultDevice            string
	Controls, Resume, Alone, Muted, CameraOffOf, Sharing    string // -, -, agent, -, -, name
	SelfSharing, Recording, Reconnecting, OtherReconnecting string
	PhonePaused, DidJoin, DidLeave, RecordOn, RecordOff     string // -, name, name, -, -
	MuteOn, MuteOff, Back                                   string
	QualityFair, QualityWeak, QualityBad                    string // see callWords for the reasons

	RejoinHeading, RejoinLead, LostHeading, LostLead, Rejoin, LostTitle string
	AfterHeading, AfterLead, AfterTitle, RateLegend, RateComment        string // -, -, brand, -, -
	RateSend, RateSending, RateKept, RateMissing, RateThanks            string
	StillOpen, EndedNote, Close, TryAgain                               string
	Stars                                                               [5]string // worst first

	OverEndedHeading, OverEndedLead, OverExpiredHeading, OverExpiredLead string
	OverUnknownHeading, OverUnknownLead                                  string
	BlockedTitle, InAppHeading, InAppLead, OldHeading, OldLead           string
	InsecureHeading, InsecureLead, CopyLink, Copied, CopyByHand          string

	// What went wrong with camera and microphone.
	MediaDenied, MediaDismissed, MediaSystem, MediaInUse saying
	MediaNone, MediaMisfit, MediaOther                   saying

	// What went wrong with twilio-video.js: something holds it back, or it has not arrived.
	SDKBlocked, SDKSlow saying

	// Why a call could not be joined, or broke.
	CallFull, CallElsewhere, CallStale, CallNoMedia, CallBroke, Problem string
	CallNoReply                                                         string
	NoAnswer, Offline                                                   string // our server is away, this device is

	AgentTitle, ConnectingHeading, ConnectingLead, NoTask string
	IdleHeading, SendAgain, SentAgain, End, EndSure       string
	BusyHeading, BusyLead, LeftHeading, LinkLabel         string // -, code, -, -
	AgentJoinHint, AgentEnded, AgentCallHeading           string
	SignInStale                                           string

	// How far the customer is, for the agent.
	CustomerInvited, CustomerOpened, CustomerPermission, CustomerReady string
	CustomerWaiting, CustomerJoining, CustomerInCall, CustomerBack     string
	CustomerLeft                                                       string
	CustomerDenied, CustomerSystem, CustomerInUse, CustomerNoDevice    string
	CustomerInApp, CustomerOld, CustomerNetwork, CustomerTrouble       string
	CustomerInsecure, CustomerSDKBlocked, CustomerSDKSlow              string

	Named namedWords // of a customer whose name is known

	callWords
}

// saying is what is the matter, and what to do about it.
type saying struct{ Heading, Text string }
