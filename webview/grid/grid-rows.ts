// What a grid is told of its rows, but for what stands in them. Types only, without the DOM.

export interface GridSort {
  readonly column: string
  readonly descending: boolean
}

export interface RowPlace {
  /** From 1; absent in flat grids. */
  readonly level?: number
  /** Absent for what has nothing below it. */
  readonly isOpen?: boolean
}

export interface RowSource {
  readonly rowCount: number
  readonly rowAt: (index: number) => RowPlace
  /** −1 for none. */
  readonly selected: number
}
