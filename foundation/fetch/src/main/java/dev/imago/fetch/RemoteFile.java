package dev.imago.fetch;

/// A file elsewhere.
///
/// @param name its own, and for one of many its path below what was named, with `/`
/// @param address where it lies, such as `s3://bucket/a.warc.gz`, for people
/// @param at what is asked for it
/// @param bytes −1 where the server does not say
/// @param tag what changes with its content: an ETag, else when it was modified; may be empty
public record RemoteFile(String name, String address, WebAddress at, long bytes, String tag) {}
