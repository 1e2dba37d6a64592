// Says why a page could not be loaded, and brings it back once it can be. The
// browser knows when the device has no connection at all; otherwise it is our
// server that does not answer.
"use strict";
const offline = document.getElementById("offline");
const away = offline && offline.previousElementSibling;

function tell() {
  if (!offline || !away) return;
  const none = navigator.onLine === false;
  const before = offline.hidden ? away : offline, now = none ? offline : away;
  offline.hidden = !none;
  away.hidden = none;
  document.title = document.title.replace(before.querySelector("h1").textContent, now.querySelector("h1").textContent);
}

tell();
addEventListener("offline", tell);
addEventListener("online", () => { tell(); location.reload(); });
setInterval(() => {
  fetch("/robots.txt", { cache: "no-store" }).then((r) => { if (r.ok) location.reload(); }, () => {});
}, 3000);
