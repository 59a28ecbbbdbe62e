// Past 400 lines: what is written and what is read of an event belong side by side.
package dev.imago.crawl;

import dev.imago.core.AtomicFile;
import dev.imago.core.EnvironmentException;
import dev.imago.core.InputException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What a crawl has found, asked and done: a log of events, `.frontier.jsonl`, and what they come
/// to.
///
/// A line is written before a server is asked, so that a killed crawl never asks it for that page
/// again; a page's records are written before the line that says it is done, and synced once a
/// second at the most: those behind the last mark of that are looked at when it is opened. A line
/// that a kill cut off is dropped. Thread-safe.
final class Frontier implements AutoCloseable {
  /// Hidden, so that who reads the folder's archives passes it over.
  static final String NAME = ".frontier.jsonl";

  private static final long SYNC_NANOS = 1_000_000_000;

  /// Of a robots.txt and a tdmrep.json of 500 KiB each, all escaped.
  private static final int LONGEST_LINE = 16 << 20;

  private final Path file;
  private final FileChannel out;
  private final FileLock lock;
  private final JsonMapper json = JsonMapper.builder().build();
  private final Map<String, PageState> pages = new LinkedHashMap<>();
  private final Map<String, Long> lastAsked = new HashMap<>();
  private final Map<String, Long> heldUntil = new HashMap<>();
  private final Map<String, RobotsAnswer> robots = new HashMap<>();
  private final Map<String, Long> reasons = new TreeMap<>();
  private final Map<Integer, Long> archives = new TreeMap<>();
  private final Map<Integer, Long> synced = new TreeMap<>();
  private long asked;
  private long kept;
  private long unchanged;
  private int pass;
  private boolean ended;
  private String settings = "";
  private long forced = System.nanoTime();

  /// What a server said of robots.txt, and when.
  ///
  /// @param status 0 where it could not be reached
  record RobotsAnswer(int status, String body, String mined, long at) {}

  /// Opens the frontier of a folder, made where there is none.
  ///
  /// @throws EnvironmentException where another crawl is at work in it
  Frontier(Path folder) {
    file = folder.resolve(NAME);
    try {
      Files.createDirectories(folder);
      out =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      FileLock held = out.tryLock();
      if (held == null) {
        out.close();
        throw new EnvironmentException(
            "another crawl is at work in %s; wait for it, or name another folder"
                .formatted(folder));
      }
      lock = held;
      try {
        long end = read();
        out.truncate(end);
        out.position(end);
      } catch (IOException | RuntimeException e) {
        out.close();
        throw e;
      }
    } catch (java.nio.channels.OverlappingFileLockException e) {
      throw new EnvironmentException(
          "another crawl is at work in %s; wait for it, or name another folder".formatted(folder),
          e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  /// Reads all whole lines.
  ///
  /// @return where they end
  private long read() throws IOException {
    long end = 0;
    // By the channel that holds the lock: POSIX gives a process's lock of a file up when the
    // process
    // closes any channel of that file. So this stream is not closed.
    var in = new BufferedInputStream(Channels.newInputStream(out), 1 << 16);
    var line = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0; c = in.read()) {
      if (c != '\n') {
        line.write(c);
        if (line.size() > LONGEST_LINE) {
          throw new InputException(
              "%s is no frontier: it has a line beyond %,d bytes".formatted(file, LONGEST_LINE));
        }
        continue;
      }
      try {
        apply(json.readTree(line.toByteArray()));
      } catch (JacksonException | IllegalArgumentException e) {
        throw new InputException(
            "%s is damaged at byte %,d; remove what follows, or crawl into another folder"
                .formatted(file, end),
            e);
      }
      end += line.size() + 1;
      line.reset();
    }
    return end;
  }

  private void apply(JsonNode event) {
    String address = event.path("url").asString("");
    switch (event.path("event").asString("")) {
      case "begin" -> begin(event);
      case "end" -> ended = true;
      case "found" ->
          pages.putIfAbsent(
              address,
              new PageState(
                  address,
                  event.path("depth").asInt(0),
                  PageState.Via.valueOf(
                      event.path("via").asString("LINK").toUpperCase(Locale.ROOT)),
                  event.path("hops").asInt(0)));
      case "asked" -> {
        lastAsked.merge(event.path("host").asString(""), event.path("at").asLong(0), Math::max);
        PageState page = pages.get(address);
        if (page != null) {
          page.step = PageState.Step.ASKED;
          page.attempts++;
          asked += page.via == PageState.Via.MAP || page.attempts > 1 ? 0 : 1;
        }
      }
      case "again" -> {
        PageState page = pages.get(address);
        if (page != null) {
          page.step = PageState.Step.FOUND;
        }
      }
      case "hold" -> heldUntil.put(event.path("host").asString(""), event.path("until").asLong(0));
      case "robots" ->
          robots.put(
              event.path("origin").asString(""),
              new RobotsAnswer(
                  event.path("status").asInt(0),
                  event.path("body").asString(""),
                  event.path("mined").asString(""),
                  event.path("at").asLong(0)));
      case "synced" -> synced.put(event.path("file").asInt(0), event.path("end").asLong(0));
      case "cut" -> cut(event.path("file").asInt(0), event.path("end").asLong(0));
      case "done" -> done(pages.get(address), event);
      default -> {} // of a later version
    }
  }

  private void begin(JsonNode event) {
    pass = event.path("pass").asInt(1);
    ended = false;
    settings = event.path("settings").asString("");
    if (pass > 1) {
      asked = 0;
      kept = 0;
      unchanged = 0;
      reasons.clear();
      robots.clear();
      // Sitemaps are named anew. Pages that were refused or gone may be open now, and who leads to
      // them may answer that it has not changed.
      pages.values().removeIf(page -> page.via == PageState.Via.MAP);
      pages
          .values()
          .forEach(
              page -> {
                page.step = PageState.Step.FOUND;
                page.attempts = 0;
              });
    }
  }

  /// What lies behind a place of an archive did not come to disk: it is to be asked for again.
  private void cut(int file, long end) {
    archives.put(file, end);
    for (PageState page : pages.values()) {
      if (page.copy != null && page.archive == file && page.end > end) {
        page.copy = null;
        page.step = PageState.Step.FOUND;
        kept--;
      }
    }
  }

  private void done(@Nullable PageState page, JsonNode event) {
    if (event.has("end")) {
      archives.merge(event.path("file").asInt(0), event.path("end").asLong(0), Math::max);
    }
    if (page == null) {
      return;
    }
    page.step = PageState.Step.DONE;
    String reason = event.path("reason").asString("");
    if (page.via == PageState.Via.MAP) {
      return;
    } else if (!reason.isEmpty()) {
      reasons.merge(reason, 1L, Long::sum);
    } else {
      kept++;
      unchanged += event.path("unchanged").asBoolean(false) ? 1 : 0;
    }
    if (event.has("end")) {
      page.archive = event.path("file").asInt(0);
      page.end = event.path("end").asLong(0);
    }
    if (event.has("record")) {
      page.copy =
          new PageState.Copy(
              event.path("etag").asString(""),
              event.path("modified").asString(""),
              event.path("digest").asString(""),
              event.path("record").asString(""),
              event.path("date").asString(""));
    }
  }

  private ObjectNode event(String name) {
    return json.createObjectNode().put("event", name);
  }

  private synchronized void write(ObjectNode event) {
    apply(event);
    try {
      byte[] line = json.writeValueAsBytes(event);
      ByteBuffer bytes = ByteBuffer.allocate(line.length + 1).put(line).put((byte) '\n').flip();
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      // A kill loses nothing that was written; a power failure what was not synced: the archive is
      // then cut back to what the frontier knows, and the frontier to what the archive holds.
      if (System.nanoTime() - forced > SYNC_NANOS) {
        out.force(false);
        forced = System.nanoTime();
      }
    } catch (IOException e) {
      throw AtomicFile.failure("write", file, e);
    }
  }

  void begun(int number, String about) {
    write(event("begin").put("pass", number).put("settings", about));
  }

  void end() {
    write(event("end"));
  }

  void found(PageState page) {
    write(
        event("found")
            .put("url", page.address)
            .put("depth", page.depth)
            .put("via", page.via.name().toLowerCase(Locale.ROOT))
            .put("hops", page.hops));
  }

  /// Before a request goes out.
  ///
  /// @param page whose; null for robots.txt and its like
  void asked(String host, @Nullable PageState page, long at) {
    ObjectNode event = event("asked").put("host", host).put("at", at);
    if (page != null) {
      event.put("url", page.address);
    }
    write(event);
  }

  void again(PageState page) {
    write(event("again").put("url", page.address));
  }

  /// A host that asks to wait.
  void hold(String host, long until) {
    write(event("hold").put("host", host).put("until", until));
  }

  void robots(String origin, RobotsAnswer answer) {
    write(
        event("robots")
            .put("origin", origin)
            .put("status", answer.status())
            .put("body", answer.body())
            .put("mined", answer.mined())
            .put("at", answer.at()));
  }

  /// A page that is not kept, and why.
  void refused(PageState page, int status, String reason) {
    write(event("done").put("url", page.address).put("status", status).put("reason", reason));
  }

  /// A page whose records are on disk.
  ///
  /// @param reason why only what is known of it was written; empty for one that is kept
  void written(
      PageState page,
      int status,
      String reason,
      WarcWriter archive,
      PageState.@Nullable Copy copy,
      boolean same) {
    ObjectNode event =
        event("done")
            .put("url", page.address)
            .put("status", status)
            .put("file", archive.number())
            .put("end", archive.end());
    if (!reason.isEmpty()) {
      event.put("reason", reason);
    }
    if (same) {
      event.put("unchanged", true);
    }
    if (copy != null) {
      event
          .put("etag", copy.etag())
          .put("modified", copy.modified())
          .put("digest", copy.digest())
          .put("record", copy.record())
          .put("date", copy.date());
    }
    write(event);
  }

  synchronized @Nullable PageState page(String address) {
    return pages.get(address);
  }

  synchronized Collection<PageState> pages() {
    return new java.util.ArrayList<>(pages.values());
  }

  synchronized int size() {
    return pages.size();
  }

  synchronized @Nullable RobotsAnswer robots(String origin) {
    return robots.get(origin);
  }

  synchronized long lastAsked(String host) {
    return lastAsked.getOrDefault(host, 0L);
  }

  synchronized long heldUntil(String host) {
    return heldUntil.getOrDefault(host, 0L);
  }

  /// Pages in doubt wait for their turn again.
  synchronized void askDoubtful() {
    for (PageState page : pages()) {
      if (page.step == PageState.Step.ASKED) {
        again(page);
      }
    }
  }

  /// How often it was begun anew; 0 for never.
  synchronized int pass() {
    return pass;
  }

  synchronized boolean ended() {
    return ended;
  }

  synchronized String settings() {
    return settings;
  }

  /// Pages that were asked for in this pass.
  synchronized long asked() {
    return asked;
  }

  synchronized long kept() {
    return kept;
  }

  synchronized long unchanged() {
    return unchanged;
  }

  /// Pages that were asked for when the crawl was killed, which nothing is known of.
  synchronized long inDoubt() {
    return pages.values().stream().filter(p -> p.step == PageState.Step.ASKED).count();
  }

  synchronized Map<String, Long> reasons() {
    return new TreeMap<>(reasons);
  }

  /// All records of an archive up to here are on disk.
  void synced(WarcWriter archive) {
    write(event("synced").put("file", archive.number()).put("end", archive.end()));
  }

  /// The newest archive and where its last known record ends; what a power failure took of it is to
  /// be asked for again.
  synchronized WarcWriter archive(Path folder, String agent) {
    int number = archives.keySet().stream().mapToInt(Integer::intValue).max().orElse(0);
    long end = archives.getOrDefault(number, 0L);
    Path archive = folder.resolve(WarcWriter.name(number));
    try {
      long known = synced.getOrDefault(number, 0L);
      long whole = ArchiveTail.wholeEnd(archive, known, end);
      // The records of a page belong together.
      long pagesEnd =
          whole == end
              ? end
              : pages.values().stream()
                  .filter(page -> page.archive == number && page.end <= whole)
                  .mapToLong(page -> page.end)
                  .reduce(known, Math::max);
      if (pagesEnd < end) {
        write(event("cut").put("file", number).put("end", pagesEnd));
      }
      return new WarcWriter(folder, agent, number, pagesEnd);
    } catch (IOException e) {
      throw AtomicFile.failure("read", archive, e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    out.force(true);
    lock.release();
    out.close();
  }
}
