/** Colours of runs beside each other, which are used again from the ninth on. */
export const RUN_COLOURS = ['run0', 'run1', 'run2', 'run3', 'run4', 'run5', 'run6', 'run7'] as const
export type RunColour = (typeof RUN_COLOURS)[number]

/** Colours of the page's style by the names that it has there. */
export function colour(
  name: 'ink' | 'muted' | 'line' | 'paper' | 'own' | 'other' | 'good' | 'bad' | 'shade' | RunColour,
): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}

/** Calls whenever the colours change: light and dark, and on paper, which is light. */
export function onTheme(redraw: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw)
  const printing = (on: boolean) => () => {
    document.documentElement.classList.toggle('printing', on)
    redraw()
  }
  addEventListener('beforeprint', printing(true))
  addEventListener('afterprint', printing(false))
}
