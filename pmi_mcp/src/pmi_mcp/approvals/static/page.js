"use strict";
(() => {
  const fate = document.getElementById("fate");
  if (fate) {
    follow(fate);
    return;
  }
  const form = document.getElementById("answer");
  const left = document.getElementById("left");
  const buttons = () => [...form.querySelectorAll("button")];
  const yes = () => buttons().filter((one) => one.id !== "refuse");
  const opened = performance.now();
  const end = opened + Number(left.dataset.left) * 1000;
  let asleep = false;
  let over = false;

  function span(seconds) {
    if (seconds < 60) return `${seconds} second${seconds === 1 ? "" : "s"}`;
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} minutes`;
  }

  function tick() {
    const now = performance.now();
    const seconds = Math.max(0, Math.floor((end - now) / 1000));
    left.textContent = span(seconds);
    left.parentElement.classList.toggle("soon", seconds < 30);
    const since = Math.floor((now - opened) / 1000);
    for (const age of document.querySelectorAll("[data-age]")) age.textContent = span(Number(age.dataset.age) + since);
    if (now >= end && !over) {
      over = true;
      for (const one of buttons()) one.disabled = true;
      document.getElementById("said").textContent = "It has expired. Nothing was sent.";
      return;
    }
    if (!over) setTimeout(tick, 500);
  }

  // A press that was meant for what lay over this window must not approve real money.
  function hold() {
    if (form.dataset.real !== "yes" || over || asleep) return;
    asleep = true;
    for (const one of yes()) one.disabled = true;
    setTimeout(() => {
      asleep = false;
      if (!over && !form.dataset.sent) for (const one of yes()) one.disabled = false;
    }, 600);
  }

  form.addEventListener("submit", (event) => {
    if (form.dataset.sent || over || (asleep && event.submitter?.id !== "refuse")) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    document.getElementById("said").textContent = "One moment.";
    // A disabled button is not part of the form, so they are disabled after it has left.
    setTimeout(() => { for (const one of buttons()) one.disabled = true; }, 0);
  });

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
    if (event.key === "Escape") document.getElementById("refuse").focus();
    else if (event.key.toLowerCase() === "a") yes()[0]?.focus();
  });

  window.addEventListener("focus", hold);
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  hold();
  tick();

  function follow(shown) {
    if (!shown.dataset.path) return;
    let pause = 500;
    const ask = async () => {
      try {
        const response = await fetch(`${shown.dataset.path}/fate`, { credentials: "same-origin" });
        if (response.ok && (await response.json()).kind !== shown.dataset.kind) {
          location.reload();
          return;
        }
      } catch { /* asked again */ }
      pause = Math.min(pause * 1.5, 15000);
      setTimeout(ask, pause);
    };
    setTimeout(ask, 400);
  }
})();
