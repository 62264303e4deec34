// Keys of the backoffice. Whatever carries data-key is pressed by that key: on the page, or in the dialog while one is open.
// Keys are places on the keyboard, so that they work in the Russian layout too. Nothing fires while somebody types.
"use strict";

(() => {
    const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]";
    const isSeen = (element) => Boolean(element) && element.getClientRects().length > 0;
    const help = () => document.getElementById("bo-keys");
    const isSheetOpen = () => Boolean(document.querySelector("dialog[open]"));
    const modal = () => document.getElementById("modal-content");

    function nameOf(event) {
        const [, letter] = /^Key([A-Z])$/.exec(event.code) || [];
        const [, digit] = /^(?:Digit|Numpad)([0-9])$/.exec(event.code) || [];
        const name = letter ? letter.toLowerCase() : digit || event.key.toLowerCase();
        return event.shiftKey && (letter || digit || name === "enter") ? `shift+${name}` : name;
    }

    function pressed(scope, name) {
        return [...scope.querySelectorAll("[data-key]")].find(
            (element) => element.dataset.key.toLowerCase() === name && isSeen(element) && !element.disabled,
        );
    }

    // ── Lists: a cursor over the rows ──

    const rows = () => [...document.querySelectorAll("#result_list > tbody")];

    function move(step) {
        const all = rows();
        if (!all.length) return;
        const now = all.findIndex((row) => row.classList.contains("bo-cursor"));
        const next = all[Math.min(all.length - 1, Math.max(0, now + step))];
        all.forEach((row) => row.classList.toggle("bo-cursor", row === next));
        next.scrollIntoView({ block: "nearest" });
    }

    function atCursor(selector) {
        return document.querySelector(`#result_list > tbody.bo-cursor ${selector}`);
    }

    const LIST = {
        j: () => move(1),
        k: () => move(-1),
        x: () => atCursor(".bo-pick") && atCursor(".bo-pick").click(),
        o: () => atCursor("th a") && atCursor("th a").click(),
    };

    // ── The sheet ──

    function fillSheet() {
        const list = help().querySelector("[data-page-keys]");
        const known = [...document.querySelectorAll("[data-key]")].filter((each) => isSeen(each) && !each.closest("#bo-keys"));
        list.replaceChildren(
            ...known.map((element) => {
                const line = document.createElement("div");
                const key = line.appendChild(document.createElement("dt")).appendChild(document.createElement("kbd"));
                key.textContent = element.dataset.key.replace("shift+", "⇧ ").toUpperCase();
                const copy = element.cloneNode(true);
                copy.querySelectorAll("kbd, .material-symbols-outlined").forEach((each) => each.remove());
                line.appendChild(document.createElement("dd")).textContent = copy.textContent.trim() || element.getAttribute("aria-label");
                return line;
            }),
        );
        help().querySelector("[data-list-keys]").hidden = rows().length === 0;
    }

    // ── What a key does ──

    function inDialog(event, name) {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey || event.shiftKey)) return modal().querySelector("#dialog-submit");
        if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(TYPING)) return null;
        return pressed(modal(), name);
    }

    document.addEventListener("keydown", (event) => {
        if (event.defaultPrevented || event.isComposing || !(event.target instanceof Element)) return;
        if (isSheetOpen()) return;
        const name = nameOf(event);
        if (isSeen(modal()) && modal().firstElementChild) {
            const found = event.repeat ? null : inDialog(event, name);
            if (!found) return;
            event.preventDefault();
            found.click();
            if (/^[0-9]$/.test(name)) modal().querySelector("#dialog-submit").focus();
            return;
        }
        if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(TYPING)) return;
        if (event.key === "?" && help()) {
            event.preventDefault();
            fillSheet();
            help().showModal();
            return;
        }
        const found = event.repeat ? null : pressed(document, name);
        if (found) {
            event.preventDefault();
            found.click();
        } else if (LIST[name] && rows().length) {
            event.preventDefault();
            LIST[name]();
        }
    });

    // A dialog that opens takes the focus: its first field, unless there are reasons to choose by number, or its button.
    function settle() {
        const dialog = modal() && modal().querySelector("#dialog");
        if (!isSeen(dialog) || dialog.contains(document.activeElement)) return;
        const offered = dialog.querySelector(".bo-offered");
        const first = offered ? dialog : dialog.querySelector("[autofocus]") || dialog.querySelector("#dialog-submit:not([disabled])") || dialog;
        first.focus({ preventScroll: true });
    }
    document.addEventListener("htmx:afterSettle", () => requestAnimationFrame(() => requestAnimationFrame(settle)));

    // Amounts stand on the right, and so do their headings.
    document.addEventListener("DOMContentLoaded", () => {
        document.querySelectorAll("#result_list > thead th").forEach((heading) => {
            const [column] = [...heading.classList].filter((name) => name.startsWith("column-"));
            const cell = column && document.querySelector(`#result_list .field-${column.slice("column-".length)}`);
            heading.classList.toggle("bo-number", Boolean(cell && cell.querySelector(":scope > .bo-amount")));
        });
    });

    // ── Marked rows ──

    function count(bar) {
        const whole = bar.querySelector("[data-pick-whole]").checked;
        const boxes = [...document.querySelectorAll(".bo-pick")];
        const picked = boxes.filter((box) => box.checked).length;
        bar.querySelector("[data-pick-page]").checked = boxes.length > 0 && picked === boxes.length;
        bar.querySelector("[data-picked]").hidden = whole || picked === 0;
        bar.querySelector("[data-picked-count]").textContent = picked;
        bar.querySelectorAll("[data-bulk-step]").forEach((button) => { button.disabled = !whole && picked === 0; });
        bar.classList.toggle("bo-bulk-open", whole || picked > 0);
    }

    document.addEventListener("change", (event) => {
        const bar = document.querySelector("[data-bulk]");
        if (!bar || !event.target.matches(".bo-pick, [data-pick-page], [data-pick-whole]")) return;
        if (event.target.matches("[data-pick-page]")) {
            document.querySelectorAll(".bo-pick").forEach((box) => { box.checked = event.target.checked; });
        }
        count(bar);
    });
    document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-bulk]").forEach(count));
})();
