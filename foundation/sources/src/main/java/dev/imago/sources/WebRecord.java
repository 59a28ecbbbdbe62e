package dev.imago.sources;

import java.util.Map;

/// One record of a web archive.
///
/// @param place where it begins in its archive: the offset, of its member where it is gzipped
/// @param type WARC's: `response`, `resource`, `conversion`, `request`, `warcinfo` …
/// @param address what was asked for; empty where there is none
/// @param date when, as the archive writes it: ISO 8601, or ARC's fourteen digits made one
/// @param status HTTP's, or 0 where the record is no answer of HTTP
/// @param mediaType of the body, in small letters, without parameters; empty where nothing says
/// @param charset what the transport says of its encoding, or empty
/// @param headers HTTP's of an answer, in small letters
/// @param body what was sent, decoded
/// @param truncated why the body is not whole, or empty
public record WebRecord(
    String place,
    String type,
    String address,
    String date,
    int status,
    String mediaType,
    String charset,
    Map<String, String> headers,
    byte[] body,
    String truncated) {
  public WebRecord {
    headers = Map.copyOf(headers);
  }
}
