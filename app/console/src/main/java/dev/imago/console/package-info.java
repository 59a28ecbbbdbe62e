/// The console: what runs, what ran, what lies in the workspace and how it came to be, as pages in
/// English and Chinese. What comes in: a workspace, and a folder of event files where one is named.
/// What goes out: HTML that works without scripts; CSV, JSON and SVG. It changes nothing but marks
/// of runs (`marks.jsonl`) and its own index.
///
/// Knows no model and no stage. Folders: `runs` (what lists know), `curves`, `shelf` (artifacts),
/// `html` (elements that escape), `words` (the texts), `pages`. Read [ConsoleServer] first, then
/// [ConsoleFeature].
@NullMarked
package dev.imago.console;

import org.jspecify.annotations.NullMarked;
