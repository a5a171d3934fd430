import { onTheme } from './theme.ts'

/** Draws into the place at its width, again whenever that or the colours change; what was there before goes. */
export function drawCanvas(
  place: HTMLElement,
  height: (width: number) => number,
  draw: (context: CanvasRenderingContext2D, width: number, height: number) => void,
): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.setAttribute('aria-hidden', 'true')
  canvas.style.width = '100%'
  place.replaceChildren(canvas)
  const redraw = () => {
    const width = place.clientWidth
    if (width === 0 || !canvas.isConnected) return
    const tall = height(width)
    canvas.width = width * devicePixelRatio
    canvas.height = tall * devicePixelRatio
    canvas.style.height = `${tall}px`
    const context = canvas.getContext('2d') as CanvasRenderingContext2D
    context.scale(devicePixelRatio, devicePixelRatio)
    context.font = '12px system-ui, sans-serif'
    draw(context, width, tall)
  }
  new ResizeObserver(redraw).observe(place)
  onTheme(redraw)
  redraw()
  return canvas
}
