// Tells when the theme changes: VS Code changes the body's class and the root's variables, a browser its preference.

import { readTheme, type Theme } from './flame/theme'

/** Calls `apply` with each new theme; gives the one in force now. */
export function watchTheme(apply: (theme: Theme) => void): Theme {
  const changed = () => apply(readTheme(document.body))
  const observer = new MutationObserver(changed)
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] })
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed)
  return readTheme(document.body)
}
