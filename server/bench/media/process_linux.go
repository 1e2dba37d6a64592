package main

import "syscall"

// dieWithParent has Linux end a child with this process.
func dieWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} }
