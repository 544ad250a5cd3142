// A text of code with what is asked of it often: its lines, and their texts without white space.

export class CodeText {
  readonly lines: readonly string[]

  constructor(readonly text: string) {
    this.lines = text.split(/\r\n|\r|\n/)
  }
}
