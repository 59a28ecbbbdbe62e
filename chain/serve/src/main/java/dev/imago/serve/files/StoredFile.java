package dev.imago.serve.files;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/// A file that was sent or made.
///
/// @param tenant whose it is
/// @param created seconds since 1970
/// @param expires when it goes, in the same; empty where it stays
public record StoredFile(
    String id,
    String tenant,
    String name,
    String purpose,
    long bytes,
    long created,
    OptionalLong expires) {
  /// OpenAI's file object.
  Map<String, Object> json() {
    var json = new LinkedHashMap<String, Object>();
    json.put("id", id);
    json.put("object", "file");
    json.put("bytes", bytes);
    json.put("created_at", created);
    expires.ifPresent(at -> json.put("expires_at", at));
    json.put("filename", name);
    json.put("purpose", purpose);
    json.put("status", "processed");
    return json;
  }
}
