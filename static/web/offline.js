// Brings a page back that could not be loaded, once the connection is there.
"use strict";
addEventListener("online", () => location.reload());
setInterval(() => {
  fetch("/robots.txt", { cache: "no-store" }).then((r) => { if (r.ok) location.reload(); }, () => {});
}, 3000);
