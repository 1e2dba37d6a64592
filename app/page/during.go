package page

// during is what a browser does for as long as a call lasts: the screen stays
// on, and a slip of the finger on Reload or Back does not end it.
func during(h Host) (stop func()) {
	sleep, leave := h.KeepAwake(), h.AskBeforeLeaving()
	return func() {
		sleep()
		leave()
	}
}
