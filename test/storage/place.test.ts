import { describe, expect, it } from 'vitest'
import { placeOf, secretsIn } from '../../src/storage/place.ts'

const secrets = (url: string) => secretsIn(url).map((secret) => secret.reveal())

describe('what of an address must not be shown', () => {
  it('is the password, as it is written and as it is meant, and the address with it', () => {
    const url = 'postgres://usherr:p4ss%2Fword@db.example:5432/usherr'
    expect(secrets(url)).toEqual([url, 'p4ss%2Fword', 'p4ss/word'])
  })

  it('is nothing where there is no password: a message has to name the server', () => {
    expect(secrets('redis://cache.example:6379')).toEqual([])
    expect(secrets('sqlite://data/usherr.sqlite')).toEqual([])
  })

  it('is all of it where it cannot be read', () => {
    const url = 'postgres://usherr:p4ss/word#@:x'
    expect(secrets(url)).toEqual([url])
  })
})

describe('the name of a server', () => {
  it.each([
    ['postgres://usherr:secret@db.example/usherr', 'postgres://db.example/usherr'],
    ['redis://:secret@cache.example:6380/2', 'redis://cache.example:6380/2'],
  ])('has neither account nor password', (url, name) => {
    expect(placeOf(url)).toMatchObject({ ok: true, value: { name } })
  })

  it.each(['postgres://usherr:sec/ret@db.example/usherr', 'redis://:sec#ret@cache.example'])(
    'is not made up from an address with a password that is written wrong',
    (url) => {
      const place = placeOf(url)
      expect(place).toMatchObject({ ok: false, problem: { kind: 'badAddress' } })
      expect(JSON.stringify(place)).not.toMatch(/sec|ret@/u)
    },
  )
})
