// Goes on to the call where the page runs from the home screen: to the server
// that looks like a web view in some app, but it can do all that Safari can.
"use strict";
const installed = navigator.standalone === true ||
  ["standalone", "fullscreen", "minimal-ui"].some((mode) => matchMedia("(display-mode: " + mode + ")").matches);
const onward = document.getElementById("onward");
if (installed && onward) location.replace(onward.href);
