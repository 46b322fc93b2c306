/** Whether others than the owner may read or change a file. Windows keeps that elsewhere, and its modes say nothing. */
export const isForOthers = (mode: number): boolean => process.platform !== 'win32' && (mode & 0o066) !== 0

/** As `chmod` takes it, `644`. */
export const inOctal = (mode: number): string => (mode & 0o777).toString(8).padStart(3, '0')
