// Light or dark. In: a choice, kept in this browser. Out: the attribute on <html> that the colours follow, and the button
// that goes to the next choice.
import { useState } from "preact/hooks";

const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];

const KEY = "planloom-theme";

/** A browser may refuse to keep anything. */
function keptTheme(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === kept) ?? "system";
  } catch {
    return "system";
  }
}

function keepTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // The choice holds for this page.
  }
}

export function applyTheme(theme: Theme = keptTheme()): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

export function ThemeButton() {
  const [theme, setTheme] = useState(keptTheme);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!;
  const choose = () => {
    keepTheme(next);
    applyTheme(next);
    setTheme(next);
  };
  return (
    <button type="button" class="btn quiet small" aria-label={`Theme: ${theme}. Change to ${next}.`} onClick={choose}>
      <svg viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">
        <circle cx="7" cy="7" r="5.5" fill="none" stroke="currentColor" stroke-width="1.5" />
        <path d={HALF[theme]} fill="currentColor" />
      </svg>
      <span class="theme-word">{theme}</span>
    </button>
  );
}

/** The filled part of the disc: half for the system's choice, none for light, all for dark. */
const HALF: { readonly [theme in Theme]: string } = {
  system: "M7 1.5a5.5 5.5 0 0 1 0 11z",
  light: "",
  dark: "M7 1.5a5.5 5.5 0 0 1 0 11 5.5 5.5 0 0 1 0-11z",
};
