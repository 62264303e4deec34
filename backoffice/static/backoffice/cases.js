// The desk of moderators. All boxes of a checklist at once; a case that somebody reads stays theirs; seconds run down.
"use strict";

(() => {
    document.addEventListener("click", (event) => {
        const button = event.target.closest && event.target.closest("[data-tick-all]");
        if (!button) return;
        button.closest(".bo-ticks").querySelectorAll("input").forEach((box) => { box.checked = true; });
        const submit = document.getElementById("dialog-submit");
        if (submit) submit.focus();
    });

    // Time that is left, in minutes and seconds. What ran out is for the next page to say.
    function tell(element) {
        const left = Math.max(0, Math.round((Date.parse(element.dataset.until) - Date.now()) / 1000));
        element.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
        const form = element.closest("form");
        if (left === 0 && form && form.matches("[data-gone-when-over]")) form.hidden = true;
    }
    const tellAll = () => document.querySelectorAll("[data-until]").forEach(tell);

    // Whoever moves in the page is still reading: the lease is kept, at most once a minute.
    const EVERY = 60_000;
    let moved = false;
    ["keydown", "pointermove", "scroll"].forEach((kind) => document.addEventListener(kind, () => { moved = true; }, { passive: true }));

    async function keep() {
        const bar = document.querySelector("[data-keep]");
        if (!bar || !moved || document.hidden) return;
        moved = false;
        const token = bar.querySelector("[name=csrfmiddlewaretoken]").value;
        const answer = await fetch(bar.dataset.keep, { method: "POST", headers: { "X-CSRFToken": token }, redirect: "manual" });
        if (answer.ok) bar.querySelector("[data-until]").dataset.until = (await answer.json()).until;
    }

    document.addEventListener("DOMContentLoaded", () => {
        tellAll();
        setInterval(tellAll, 1000);
        setInterval(keep, EVERY);
    });
})();
