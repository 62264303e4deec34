// The palette: Ctrl+K or the magnifying glass opens it, arrows choose, Enter goes there. Nothing of what was looked for is kept.
"use strict";

(() => {
    const palette = document.getElementById("bo-palette");
    if (!palette) return;
    const term = document.getElementById("bo-palette-term");
    const lines = () => [...palette.querySelectorAll(".bo-found")];

    function open() {
        if (palette.open) return;
        term.value = "";
        document.getElementById("bo-found").replaceChildren();
        palette.showModal();
        term.focus();
    }

    function step(by) {
        const all = lines();
        if (!all.length) return;
        const now = all.indexOf(document.activeElement);
        const next = now + by;
        (next < 0 ? term : all[Math.min(next, all.length - 1)]).focus();
    }

    document.addEventListener("keydown", (event) => {
        if (event.code === "KeyK" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
            event.preventDefault();
            open();
        } else if (palette.open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
            event.preventDefault();
            step(event.key === "ArrowDown" ? 1 : -1);
        } else if (palette.open && event.key === "Enter" && document.activeElement === term && lines().length) {
            event.preventDefault();
            lines()[0].click();
        }
    });
    document.addEventListener("click", (event) => {
        if (event.target.closest("[data-find]")) open();
        else if (event.target === palette) palette.close();
    });
})();
