package dev.imago.sources;

/// A page of a dump of MediaWiki.
///
/// @param place where it begins in the dump, as unpacked
/// @param namespace 0 for articles
/// @param redirect the title that it leads to; empty where it is a page of its own
/// @param date of its last revision, ISO 8601
/// @param author of its last revision; empty where that is hidden
/// @param address where it is read; empty where the dump does not say
/// @param wikitext as it was written; [Wikitext] makes text of it
public record WikiPage(
    String place,
    String title,
    String id,
    int namespace,
    String redirect,
    String date,
    String author,
    String address,
    String wikitext) {}
