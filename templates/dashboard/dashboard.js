// Keeps the page current: each event is a part that has changed. Without this script the page is what it was when it was asked for.
"use strict";

const bar = document.querySelector(".live");
const state = bar.querySelector(".live-state");
const button = bar.querySelector("button");
let events = null;

const say = (what) => {
  if (bar.dataset.state === what) return;
  bar.dataset.state = what;
  state.textContent = state.dataset[what];
};

// What a person has opened, scrolled to or is reading stays as it is.
const replace = (section, html) => {
  const open = [...section.querySelectorAll("details")].map((details) => details.open);
  const scrolled = [...section.querySelectorAll("[tabindex]")].map((part) => [part.scrollTop, part.scrollLeft]);
  const focused = section.contains(document.activeElement) ? document.activeElement : null;
  const place = focused && [...section.querySelectorAll("a, summary, [tabindex]")].indexOf(focused);
  section.innerHTML = html;
  [...section.querySelectorAll("details")].forEach((details, position) => {
    details.open = open[position] ?? false;
  });
  [...section.querySelectorAll("[tabindex]")].forEach((part, position) => {
    [part.scrollTop, part.scrollLeft] = scrolled[position] ?? [0, 0];
  });
  if (focused) [...section.querySelectorAll("a, summary, [tabindex]")][place]?.focus({ preventScroll: true });
};

const listen = () => {
  events = new EventSource(document.body.dataset.live);
  events.onopen = () => say("live");
  events.onerror = () => say("lost");
  for (const section of document.querySelectorAll("section[id^=ek-]")) {
    events.addEventListener(section.id.slice(3), (event) => replace(section, event.data));
  }
};

button.addEventListener("click", () => {
  const pause = events !== null;
  button.setAttribute("aria-pressed", String(pause));
  if (pause) {
    events.close();
    events = null;
    say("paused");
  } else {
    listen();
  }
});

bar.hidden = false;
listen();
