import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import sqlite3 from 'sqlite3'

/**
 * Files as the other programs make them: the tables that each of their versions creates (the columns, their types and
 * constraints are facts about those programs; docs/migration says where they were read), filled with invented people.
 */

/** Runs SQL in a SQLite file, which is made where it is missing; `stayOpen` leaves what a running program leaves. */
export async function inDatabase(file: string, ...statements: readonly string[]): Promise<void> {
  const database = await openDatabase(file)
  await run(database, ...statements)
  await closeDatabase(database)
}

export async function openDatabase(file: string): Promise<sqlite3.Database> {
  await mkdir(dirname(file), { recursive: true })
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(file, (error) => (error ? reject(error) : resolve(database)))
  })
}

export async function run(database: sqlite3.Database, ...statements: readonly string[]): Promise<void> {
  for (const sql of statements) {
    await new Promise<void>((resolve, reject) => {
      database.exec(sql, (error) => (error ? reject(error) : resolve()))
    })
  }
}

export const closeDatabase = (database: sqlite3.Database) =>
  new Promise<void>((resolve, reject) => {
    database.close((error) => (error ? reject(error) : resolve()))
  })

/** Invitarr until September 2022; Membarr finds it so where it follows Invitarr in the same folder. */
export const invitarrClients = (table: 'clients' | 'USERS' = 'clients') =>
  `CREATE TABLE "${table}" (
     "id" INTEGER NOT NULL UNIQUE,
     "discord_username" TEXT NOT NULL UNIQUE,
     "email" TEXT NOT NULL,
     PRIMARY KEY("id" AUTOINCREMENT))`

/** Membarr since July 2022. */
export const membarrClients = `CREATE TABLE "clients" (
  "id" INTEGER NOT NULL UNIQUE,
  "discord_username" TEXT NOT NULL UNIQUE,
  "email" TEXT,
  "jellyfin_username" TEXT,
  PRIMARY KEY("id" AUTOINCREMENT))`

export const alma = '200000000000000001'
export const boris = '200000000000000002'
export const carla = '200000000000000003'

export const text = (value: string | null) => (value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`)

export async function membarrFile(
  folder: string,
  rows: readonly { member: string; email: string | null; jellyfin?: string }[],
): Promise<string> {
  const file = join(folder, 'app.db')
  await inDatabase(
    file,
    membarrClients,
    ...rows.map(
      ({ member, email, jellyfin }) =>
        `INSERT INTO clients (discord_username, email, jellyfin_username)
         VALUES (${text(member)}, ${text(email)}, ${text(jellyfin ?? null)})`,
    ),
  )
  return file
}

/** Peewee's tables of Wizarr 1.5 to 4.2; `expires` came with 1.6, `auth` and `created` with 3. */
export const wizarrUsers = {
  '1.5': `CREATE TABLE "users" ("id" INTEGER NOT NULL PRIMARY KEY, "token" VARCHAR(255) NOT NULL,
    "username" VARCHAR(255) NOT NULL, "email" VARCHAR(255) NOT NULL, "code" VARCHAR(255) NOT NULL)`,
  '2.2': `CREATE TABLE "users" ("id" INTEGER NOT NULL PRIMARY KEY, "token" VARCHAR(255) NOT NULL,
    "username" VARCHAR(255) NOT NULL, "email" VARCHAR(255) NOT NULL, "code" VARCHAR(255) NOT NULL,
    "expires" DATETIME)`,
  '4.2': `CREATE TABLE "users" ("id" INTEGER NOT NULL PRIMARY KEY, "token" VARCHAR(255) NOT NULL,
    "username" VARCHAR(255) NOT NULL, "email" VARCHAR(255), "code" VARCHAR(255), "expires" DATETIME,
    "auth" VARCHAR(255), "created" DATETIME DEFAULT (datetime('now')) NOT NULL)`,
} as const
export const wizarrOldRest = [
  `CREATE TABLE "invitations" ("id" INTEGER NOT NULL PRIMARY KEY, "code" VARCHAR(255) NOT NULL)`,
  `CREATE TABLE "settings" ("id" INTEGER NOT NULL PRIMARY KEY, "key" VARCHAR(255) NOT NULL, "value" VARCHAR(255))`,
]

/** SQLAlchemy's tables: as they begin in May 2025, and as they are in August 2026 (what is added between is null). */
export const wizarrUser = {
  '2025.5': `CREATE TABLE user (id INTEGER NOT NULL, token VARCHAR NOT NULL, username VARCHAR NOT NULL,
    email VARCHAR NOT NULL, code VARCHAR NOT NULL, photo VARCHAR, expires DATETIME, password VARCHAR, PRIMARY KEY (id))`,
  '2025.6': `CREATE TABLE user (id INTEGER NOT NULL, token VARCHAR NOT NULL, username VARCHAR NOT NULL,
    email VARCHAR, code VARCHAR NOT NULL, photo VARCHAR, expires DATETIME, password VARCHAR, server_id INTEGER,
    identity_id INTEGER, PRIMARY KEY (id))`,
  '2026.7': `CREATE TABLE user (id INTEGER NOT NULL, token VARCHAR NOT NULL, username VARCHAR NOT NULL,
    email VARCHAR, code VARCHAR NOT NULL, photo VARCHAR, expires DATETIME, server_id INTEGER, identity_id INTEGER,
    notes TEXT, library_access_json TEXT, allow_downloads BOOLEAN, allow_live_tv BOOLEAN,
    allow_camera_upload BOOLEAN, accessible_libraries TEXT, is_admin BOOLEAN,
    is_disabled BOOLEAN DEFAULT '0' NOT NULL, is_ldap_user BOOLEAN DEFAULT '0' NOT NULL, created_at DATETIME,
    PRIMARY KEY (id))`,
} as const
export const wizarrNewRest = [
  'CREATE TABLE invitation (id INTEGER NOT NULL, code VARCHAR NOT NULL, PRIMARY KEY (id))',
  'CREATE TABLE settings (id INTEGER NOT NULL, key VARCHAR NOT NULL, value VARCHAR, PRIMARY KEY (id), UNIQUE (key))',
]
export const mediaServer = `CREATE TABLE media_server (id INTEGER NOT NULL, name VARCHAR NOT NULL,
  server_type VARCHAR NOT NULL, url VARCHAR NOT NULL, api_key VARCHAR, external_url VARCHAR,
  verified BOOLEAN NOT NULL, created_at DATETIME NOT NULL, PRIMARY KEY (id))`

/** Discord-PlexFriends writes with Python's json and an indent of four. */
export async function plexfriendsFiles(
  folder: string,
  files: {
    members: Readonly<Record<string, string>>
    trial?: Readonly<Record<string, number>>
    subscription?: Readonly<Record<string, number>>
  },
): Promise<string> {
  await mkdir(folder, { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, `${name}.json`), JSON.stringify(content, undefined, 4))
  }
  return join(folder, 'members.json')
}
