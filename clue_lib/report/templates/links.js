"use strict";

/* Permanent links: #section, #flips?task=…, #example?task=…&id=… open what they name. */
function keepInAddress(hash) {
  if (location.protocol !== "about:") history.replaceState(null, "", hash);
}

/* A link to where the address already points changes no address, and leads there all the same. */
function listenToLinks(browser) {
  addEventListener("hashchange", () => follow(browser));
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.hash === location.hash && !event.defaultPrevented) follow(browser);
  });
}

function follow(browser) {
  const [name, query] = location.hash.slice(1).split(/\?(.*)/s);
  if (name === "example") return followExample(browser, new URLSearchParams(query));
  if (name === "flips" && query !== undefined && browser) {
    browser.apply(query);
    byId("flips").scrollIntoView();
    byId("task").focus({ preventScroll: true });
    return;
  }
  const target = name && byId(name);
  if (target) unfold(target);
}

function followExample(browser, wanted) {
  const line = browser && browser.reveal(wanted.get("task"), wanted.get("id"), Number(wanted.get("repeat") || 0));
  if (!line) {
    if (byId("count")) byId("count").textContent = "This run has no example of that link.";
    return;
  }
  line.scrollIntoView();
  line.querySelector("summary").focus({ preventScroll: true });
}

/* Open every folded part around the target, and its own where it has one, then go there. */
function unfold(target) {
  for (let part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
  const own = target.querySelectorAll(":scope > details");
  if (own.length === 1) own[0].open = true;
  target.scrollIntoView();
}

/* The menu names the section that is being read. */
function markMenu() {
  const links = [...document.querySelectorAll("#menu a")];
  const sections = links.map((link) => byId(link.hash.slice(1)));
  const update = () => {
    const line = byId("menu").offsetHeight + 40;
    const at = sections.findLastIndex((section) => section.getBoundingClientRect().top <= line);
    links.forEach((link, place) => (place === Math.max(at, 0) ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
  };
  let isWaiting = false;
  addEventListener("scroll", () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => { isWaiting = false; update(); });
  }, { passive: true });
  update();
}
