/** sRGB (0 to 255) as a display colour in DICOM's 16-bit CIELab, PCS white D50 (PS3.3, C.10.7.1.1). */
export function dicomCielab(rgb: readonly [number, number, number]): [number, number, number] {
  const [r, g, b] = rgb.map((v) => {
    const c = v / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  // sRGB to XYZ adapted to D50, each relative to the white point.
  const x = (0.4360747 * r + 0.3850649 * g + 0.1430804 * b) / 0.9642;
  const y = 0.2225045 * r + 0.7168786 * g + 0.0606169 * b;
  const z = (0.0139322 * r + 0.0971045 * g + 0.7141733 * b) / 0.8251;
  const [fx, fy, fz] = [x, y, z].map((t) =>
    t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 / 116) * t + 16 / 116,
  );
  const lightness = 116 * fy - 16;
  const scale = (value: number) => Math.min(65535, Math.max(0, Math.round(value)));
  return [
    scale((lightness * 65535) / 100),
    scale((500 * (fx - fy) + 128) * 257),
    scale((200 * (fy - fz) + 128) * 257),
  ];
}
