// What painting needs of a canvas context, without the DOM's types: the screen's, one that writes SVG, and in tests one that keeps a log.

export interface Brush {
  fillStyle: unknown
  strokeStyle: unknown
  lineWidth: number
  font: string
  textBaseline: unknown
  textAlign: unknown
  fillRect(x: number, y: number, width: number, height: number): void
  strokeRect(x: number, y: number, width: number, height: number): void
  fillText(text: string, x: number, y: number): void
}
