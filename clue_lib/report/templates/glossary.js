"use strict";

/* What a term means, beside it: by pointer, by tap, by keyboard. Escape puts it away; Enter leads to the glossary. */
function metricTerm(metric) {
  const name = [...document.querySelectorAll("#glossary [id^='metric-'] > dt")].find((node) => node.textContent === metric);
  const place = name && name.parentNode.id;
  return place ? el("a", { class: "term", href: `#${place}`, "aria-describedby": `${place}-means` }, metric) : metric;
}

class Tip {
  constructor() {
    this.box = byId("tip");
    this.term = null;
    this.pointer = "mouse";
    this.before = null; /* the term that was shown when the pointer came down: focus may show another before the click */
    const termAt = (node) => (node instanceof Element ? node.closest(".term") : null);
    addEventListener("pointerdown", (event) => {
      this.pointer = event.pointerType;
      this.before = this.term;
    }, true);
    document.addEventListener("pointerover", (event) => {
      if (event.pointerType === "mouse" && termAt(event.target)) this.show(termAt(event.target));
    });
    document.addEventListener("pointerout", (event) => {
      const stays = termAt(event.relatedTarget) === this.term || this.box.contains(event.relatedTarget);
      if (event.pointerType === "mouse" && !stays && document.activeElement !== this.term) this.hide();
    });
    document.addEventListener("focusin", (event) => {
      if (termAt(event.target)) this.show(termAt(event.target));
      else this.hide();
    });
    document.addEventListener("focusout", () => this.hide());
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") this.hide(); });
    document.addEventListener("click", (event) => this.tapped(event, termAt(event.target)));
    addEventListener("scroll", () => this.place(), { passive: true, capture: true });
  }

  /* A finger has no hover: its first tap shows what a term means and goes nowhere, the next leads to the glossary. */
  tapped(event, term) {
    if (!term) return this.box.contains(event.target) ? undefined : this.hide();
    if (event.detail === 0 || this.pointer === "mouse") return undefined;
    if (term.tagName !== "A") return this.show(term);
    if (this.before === term) return this.hide();
    event.preventDefault();
    return this.show(term);
  }

  show(term) {
    this.term = term;
    this.box.textContent = byId(term.getAttribute("aria-describedby")).textContent;
    this.box.hidden = false;
    this.place();
  }

  place() {
    if (!this.term) return;
    const at = this.term.getBoundingClientRect(), own = this.box.getBoundingClientRect(), edge = document.documentElement.clientWidth;
    const left = Math.max(8, Math.min(at.left, edge - own.width - 8));
    const isRoomBelow = at.bottom + own.height + 8 < innerHeight;
    this.box.style.left = `${left}px`;
    this.box.style.top = `${isRoomBelow ? at.bottom + 2 : at.top - own.height - 2}px`;
  }

  hide() {
    this.box.hidden = true;
    this.term = null;
  }
}
