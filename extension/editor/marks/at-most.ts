// Does a thing at once, and again after a while when it was asked for meanwhile: what changes all the time is shown now and then.

export class AtMostEvery {
  private timer: NodeJS.Timeout | undefined
  private isAsked = false

  constructor(
    private readonly milliseconds: number,
    private readonly act: () => void,
  ) {}

  ask(): void {
    if (this.timer !== undefined) {
      this.isAsked = true
      return
    }
    this.act()
    this.timer = setTimeout(() => {
      this.timer = undefined
      if (!this.isAsked) return
      this.isAsked = false
      this.ask()
    }, this.milliseconds)
  }

  dispose() {
    clearTimeout(this.timer)
    this.timer = undefined
  }
}
