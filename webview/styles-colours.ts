// Colours of the page as custom properties: the editor's where there is an editor, else our own, light or dark as the browser prefers.

import { NODE_KINDS } from '../profiler-agent/profile/tree'
import { HUES, hueOfKind, STRENGTH } from './flame/palette'

export const COLOUR_STYLE = `
:root {
  color-scheme: light dark;
  --fb-background: #ffffff; --fb-foreground: #24292f; --fb-muted: #57606a; --fb-panel: #f6f8fa; --fb-line: #d8dee4;
  --fb-focus: #0969da; --fb-link: #0969da; --fb-field: #ffffff; --fb-field-line: #c4ccd4;
  --fb-blue: #0969da; --fb-green: #1a7f37; --fb-red: #cf222e; --fb-purple: #8250df; --fb-yellow: #9a6700; --fb-orange: #bc4c00;
}
@media (prefers-color-scheme: dark) { :root {
  --fb-background: #1f1f1f; --fb-foreground: #d6d6d6; --fb-muted: #a0a0a0; --fb-panel: #262627; --fb-line: #3a3a3a;
  --fb-focus: #3794ff; --fb-link: #4daafc; --fb-field: #2b2b2b; --fb-field-line: #4a4a4a;
  --fb-blue: #4c9df0; --fb-green: #7cc379; --fb-red: #f47067; --fb-purple: #a98ddb; --fb-yellow: #d4b13f; --fb-orange: #ee8866;
} }
body {
  --cf-background: var(--vscode-editor-background, var(--fb-background));
  --cf-foreground: var(--vscode-foreground, var(--fb-foreground));
  --cf-muted: var(--vscode-descriptionForeground, var(--fb-muted));
  --cf-panel: var(--vscode-sideBar-background, var(--fb-panel));
  --cf-line: var(--vscode-contrastBorder, var(--vscode-panel-border, var(--fb-line)));
  --cf-grid: color-mix(in srgb, var(--cf-foreground) 9%, var(--cf-background));
  --cf-hover: var(--vscode-list-hoverBackground, color-mix(in srgb, var(--cf-foreground) 8%, var(--cf-background)));
  --cf-selection: var(--vscode-list-activeSelectionBackground, color-mix(in srgb, var(--cf-focus) 22%, var(--cf-background)));
  /* High contrast themes set no selection colours: the text stays as it is, and an outline marks the row. */
  --cf-selection-text: var(--vscode-list-activeSelectionForeground, var(--cf-foreground));
  --cf-found: var(--vscode-editor-findMatchHighlightBackground, color-mix(in srgb, var(--cf-yellow) 28%, transparent));
  --cf-focus: var(--vscode-focusBorder, var(--fb-focus));
  --cf-link: var(--vscode-textLink-foreground, var(--fb-link));
  --cf-contrast-border: var(--vscode-contrastBorder, CanvasText);
  --cf-field: var(--vscode-input-background, var(--fb-field));
  --cf-field-line: var(--vscode-contrastBorder, var(--vscode-input-border, var(--fb-field-line)));
  --cf-widget: var(--vscode-editorHoverWidget-background, var(--cf-panel));
  --cf-widget-line: var(--vscode-contrastBorder, var(--vscode-editorHoverWidget-border, var(--cf-line)));
  --cf-blue: var(--vscode-charts-blue, var(--fb-blue));
  --cf-green: var(--vscode-charts-green, var(--fb-green));
  --cf-red: var(--vscode-charts-red, var(--fb-red));
  --cf-purple: var(--vscode-charts-purple, var(--fb-purple));
  --cf-yellow: var(--vscode-charts-yellow, var(--fb-yellow));
  /* Not charts.orange: in VS Code's own themes that is the half-transparent colour of a search hit in the minimap. */
  --cf-orange: var(--vscode-costflame-flame, var(--fb-orange));
  --cf-neutral: color-mix(in srgb, var(--cf-foreground) 42%, var(--cf-background));
  --cf-warning: var(--vscode-editorWarning-foreground, var(--fb-yellow));
  --cf-error: var(--vscode-editorError-foreground, var(--fb-red));
  --cf-info: var(--vscode-editorInfo-foreground, var(--fb-blue));
  --cf-mono: var(--vscode-editor-font-family, ui-monospace, 'Cascadia Mono', Menlo, monospace);
}
${NODE_KINDS.map(kindSwatch).join('\n')}
`

/** The same colours as the boxes of the picture by kind. */
function kindSwatch(kind: (typeof NODE_KINDS)[number]): string {
  const hue = HUES[hueOfKind(kind)]
  return `.swatch[data-kind='${kind}'] { background: color-mix(in srgb, ${hue} ${100 * STRENGTH.span}%, var(--cf-background)); }`
}
