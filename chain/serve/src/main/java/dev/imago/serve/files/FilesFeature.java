package dev.imago.serve.files;

import dev.imago.http.ApiException;
import dev.imago.http.ClientGoneException;
import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.Route;
import dev.imago.serve.fields.RouteFields;
import dev.imago.serve.metering.PolicyMeter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/// `/v1/files`: sent, listed, told of, read and deleted, each by its own tenant alone.
public final class FilesFeature implements Feature {
  static final String PATH = "/v1/files";
  private static final String ONE = PATH + "/{id}";
  private static final String ANCHOR = "expires_after[anchor]";
  private static final String SECONDS = "expires_after[seconds]";

  public static final RouteFields FIELDS =
      RouteFields.of(PATH).honoured("file", "purpose", ANCHOR, SECONDS);

  private static final Set<String> PURPOSES =
      Set.of("assistants", "batch", "fine-tune", "vision", "user_data", "evals");
  private static final long MOST_BYTES = 512L << 20;
  private static final int MOST_FIELD_BYTES = 4096;

  private final FileStore store;
  private final PolicyMeter policy;

  /// @param policy refuses files that there is no room for
  public FilesFeature(FileStore store, PolicyMeter policy) {
    this.store = store;
    this.policy = policy;
  }

  @Override
  public List<Route> routes() {
    return List.of(
        Route.post(PATH, Route.Access.KEY, this::send),
        Route.get(PATH, Route.Access.KEY, this::list),
        Route.get(ONE, Route.Access.KEY, exchange -> exchange.json(found(exchange).json())),
        Route.delete(ONE, Route.Access.KEY, this::delete),
        Route.get(ONE + "/content", Route.Access.KEY, this::content));
  }

  private void send(Exchange exchange) {
    Map<String, ByteArrayOutputStream> fields = new LinkedHashMap<>();
    String[] name = {""};
    Path draft = store.draft();
    try {
      try (InputStream in = exchange.bodyStream(MOST_BYTES)) {
        MultipartForm.read(
            in,
            exchange.requestHeader("Content-Type").orElse(""),
            MOST_BYTES,
            (field, filename) -> part(field, filename, fields, draft, name));
      } catch (IOException | UncheckedIOException e) {
        throw new ClientGoneException(e instanceof IOException io ? io : new IOException(e));
      }
      exchange.json(made(exchange, fields, draft, name[0]).json());
    } finally {
      try {
        Files.deleteIfExists(draft);
      } catch (IOException e) {
        System.getLogger("dev.imago.serve").log(System.Logger.Level.WARNING, "a draft stays", e);
      }
    }
  }

  private static OutputStream part(
      String field,
      String filename,
      Map<String, ByteArrayOutputStream> fields,
      Path draft,
      String[] name)
      throws IOException {
    if (field.equals("file")) {
      if (!name[0].isEmpty()) {
        throw ApiException.invalid("file", "file comes twice; send one at a time");
      }
      name[0] = filename.isEmpty() ? "file" : filename;
      return Files.newOutputStream(draft);
    }
    if (!FIELDS.uses().containsKey(field)) {
      throw ApiException.invalid(
          field, "unknown_parameter", "%s is no field that this server knows".formatted(field));
    }
    var value =
        new ByteArrayOutputStream() {
          @Override
          public synchronized void write(byte[] from, int offset, int length) {
            bound(length);
            super.write(from, offset, length);
          }

          @Override
          public synchronized void write(int b) {
            bound(1);
            super.write(b);
          }

          private void bound(int more) {
            if (count + more > MOST_FIELD_BYTES) {
              throw ApiException.invalid(
                  field, "%s is longer than %d bytes".formatted(field, MOST_FIELD_BYTES));
            }
          }
        };
    if (fields.put(field, value) != null) {
      throw ApiException.invalid(field, "%s comes twice; send it once".formatted(field));
    }
    return value;
  }

  private StoredFile made(
      Exchange exchange, Map<String, ByteArrayOutputStream> fields, Path draft, String name) {
    if (name.isEmpty()) {
      throw ApiException.invalid("file", "file is missing; it is the part with the content");
    }
    String purpose = text(fields, "purpose");
    if (!PURPOSES.contains(purpose)) {
      throw ApiException.invalid(
          "purpose", "purpose = «%s» is none of %s".formatted(purpose, PURPOSES));
    }
    String anchor = text(fields, ANCHOR);
    String seconds = text(fields, SECONDS);
    if (!anchor.isEmpty() && !anchor.equals("created_at")) {
      throw ApiException.invalid(ANCHOR, ANCHOR + " is created_at");
    }
    boolean good =
        seconds.matches("\\d{4,7}")
            && Integer.parseInt(seconds) >= 3600
            && Integer.parseInt(seconds) <= 2_592_000;
    if (!seconds.isEmpty() && !good) {
      throw ApiException.invalid(
          SECONDS, "%s = «%s» is not in 3600 … 2592000".formatted(SECONDS, seconds));
    }
    String tenant = exchange.caller().tenant();
    synchronized (store) { // two files together must not pass what one alone may not
      policy.checkFile(tenant, store.bytes(draft), store::bytesOf);
      return store.add(
          draft,
          tenant,
          name,
          purpose,
          seconds.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(seconds)));
    }
  }

  private static String text(Map<String, ByteArrayOutputStream> fields, String name) {
    ByteArrayOutputStream value = fields.get(name);
    return value == null ? "" : value.toString(StandardCharsets.UTF_8);
  }

  private void list(Exchange exchange) {
    String purpose = exchange.queryParameter("purpose").orElse("");
    List<StoredFile> all =
        store.list(exchange.caller().tenant()).stream()
            .filter(file -> purpose.isEmpty() || file.purpose().equals(purpose))
            .toList();
    if (exchange.queryParameter("order").orElse("desc").equals("asc")) {
      all = all.reversed();
    }
    exchange.json(ListPage.of(exchange, all, 10_000, StoredFile::id, StoredFile::json));
  }

  private StoredFile found(Exchange exchange) {
    String id = exchange.pathParameter("id");
    return store
        .find(id, exchange.caller().tenant())
        .orElseThrow(
            () ->
                ApiException.notFound(
                    "id",
                    "file_not_found",
                    "there is no file «%s»; GET %s lists those that there are"
                        .formatted(id.length() > 80 ? id.substring(0, 80) + "…" : id, PATH)));
  }

  private void delete(Exchange exchange) {
    StoredFile file = found(exchange);
    store.delete(file.id());
    var deleted = new LinkedHashMap<String, Object>();
    deleted.put("id", file.id());
    deleted.put("object", "file");
    deleted.put("deleted", true);
    exchange.json(deleted);
  }

  private void content(Exchange exchange) {
    StoredFile file = found(exchange);
    try (InputStream in = Files.newInputStream(store.content(file.id()));
        OutputStream out = exchange.begin("application/octet-stream")) {
      in.transferTo(out);
    } catch (IOException | UncheckedIOException e) {
      throw new ClientGoneException(e instanceof IOException io ? io : new IOException(e));
    }
  }
}
