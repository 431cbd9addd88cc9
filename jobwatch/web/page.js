// What is typed is for the monitor as soon as it is there: the terminal itself waits for a click.
// Ctrl-C ends a monitor; but in a browser it copies, and does so where text is selected. Only the
// terminal knows whether any is: it answers a copy then.
addEventListener(
  "keydown",
  (event) => {
    if (event.key.toLowerCase() !== "c" || !event.ctrlKey || event.altKey || event.metaKey) return;
    const copy = new ClipboardEvent("copy", { cancelable: true });
    document.querySelector(".xterm")?.dispatchEvent(copy);
    if (copy.defaultPrevented) event.stopImmediatePropagation();
  },
  { capture: true },
);
addEventListener("load", () => {
  const there = new MutationObserver(() => {
    if (document.body.classList.contains("-first-byte")) {
      there.disconnect();
      document.querySelector(".xterm-helper-textarea").focus();
    }
  });
  there.observe(document.body, { attributeFilter: ["class"] });
});
