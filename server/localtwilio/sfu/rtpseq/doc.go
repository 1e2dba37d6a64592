// Package rtpseq keeps the numbers of RTP streams: sequence numbers without their wrapping (Extender), gapless
// ones for a stream that leaves some of another's out (Numbering), timestamps on one clock over several
// sources (Timeline), and what of a stream has arrived (Reception). Its types have neither locks nor
// goroutines, but for Clock; time is told to them.
package rtpseq
