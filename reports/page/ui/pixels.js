/* Colours as pixels of an image. */
export function pixelsOf() {
  const c = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true }), known = new Map();
  return (colours) => {
    let pixel = known.get(colours);
    if (pixel === undefined) {
      c.fillStyle = colours;
      c.fillRect(0, 0, 1, 1);
      [pixel] = new Uint32Array(c.getImageData(0, 0, 1, 1).data.buffer);
      known.set(colours, pixel);
    }
    return pixel;
  };
}
