/** `1,999` */
export function count(value: number): string {
  return value.toLocaleString('en-US')
}

/** `99.95 %`, rounded down, so that nothing is 100 % that is not. */
export function percent(part: number, whole: number): string | undefined {
  return whole === 0 ? undefined : `${(Math.floor((part * 10_000) / whole) / 100).toFixed(2)} %`
}

/** `1.18` */
export function ratio(part: number, whole: number): string | undefined {
  return whole === 0 ? undefined : (part / whole).toFixed(2)
}

/** `1,034 ms` */
export function milliseconds(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${count(Math.round(value))} ms`
}

/** `4.2 s` */
export function seconds(value: number): string {
  return `${(value / 1000).toFixed(1)} s`
}
