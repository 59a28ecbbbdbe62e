package dev.imago.sources;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The text of an RTF document (version 1.9.1): paragraphs, table rows with a tab between cells,
/// bytes in the encoding of their font, `\\u` with what it stands for. Pictures, styles and fields'
/// instructions are left out.
final class RtfText {
  private static final int DEEPEST = 1000;

  private static final Set<String> UNSEEN =
      Set.of(
          "fonttbl",
          "colortbl",
          "stylesheet",
          "pict",
          "header",
          "headerl",
          "headerr",
          "headerf",
          "footer",
          "footerl",
          "footerr",
          "footerf",
          "listtable",
          "listoverridetable",
          "rsidtbl",
          "generator",
          "fldinst",
          "object",
          "objdata",
          "themedata",
          "datastore",
          "latentstyles",
          "xmlnstbl",
          "filetbl",
          "revtbl",
          "operator",
          "comment",
          "annotation",
          "atnid",
          "atnauthor",
          "nonshppict",
          "bkmkstart",
          "bkmkend",
          "private",
          "listtext",
          "pntext",
          "shpinst");

  /// What a group changes until it ends.
  private static final class Group {
    String destination;
    Charset encoding;
    int skip;
    boolean hidden;

    Group(Group from) {
      destination = from.destination;
      encoding = from.encoding;
      skip = from.skip;
      hidden = from.hidden;
    }

    Group(Charset encoding) {
      destination = "";
      this.encoding = encoding;
      skip = 1;
    }
  }

  private final byte[] in;
  private final StringBuilder out = new StringBuilder();
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
  private final Map<Integer, Charset> fonts = new HashMap<>();
  private final Map<String, String> tags = new TreeMap<>();
  private final StringBuilder info = new StringBuilder();
  private final Deque<Group> groups = new ArrayDeque<>();
  private Charset page = Charset.forName("windows-1252");
  private Group now = new Group(page);
  private int font = -1;
  private int toSkip;
  private int at;

  private RtfText(byte[] in) {
    this.in = in;
  }

  static DocumentText read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    return read(bytes);
  }

  static DocumentText read(byte[] bytes) throws IOException {
    var parser = new RtfText(bytes);
    parser.parse();
    String text =
        parser.out.toString().replaceAll("[ \\t]+\n", "\n").replaceAll("\n{3,}", "\n\n").strip();
    return new DocumentText(text, parser.tags, List.of(), List.of());
  }

  private void parse() throws IOException {
    while (at < in.length) {
      byte b = in[at++];
      switch (b) {
        case '{' -> {
          flush();
          if (groups.size() >= DEEPEST) {
            throw new IOException("it nests deeper than %,d groups".formatted(DEEPEST));
          }
          groups.addLast(now);
          now = new Group(now);
          toSkip = 0;
        }
        case '}' -> {
          flush();
          endInfo();
          Group outer = groups.pollLast();
          if (outer == null) {
            return;
          }
          now = outer;
          toSkip = 0;
        }
        case '\\' -> control();
        case '\r', '\n' -> {}
        default -> literal(b);
      }
    }
    flush();
    if (!groups.isEmpty() && out.toString().isBlank()) {
      throw new IOException("it ends within its groups, before any text");
    }
  }

  private void literal(byte b) {
    if (toSkip > 0) {
      toSkip--;
    } else {
      pending.write(b);
    }
  }

  private void flush() {
    if (pending.size() > 0) {
      write(pending.toString(now.encoding));
      pending.reset();
    }
  }

  private void write(String text) {
    if (now.destination.isEmpty()) {
      if (!now.hidden) {
        out.append(text);
      }
    } else if (now.destination.equals("title") || now.destination.equals("author")) {
      info.append(text);
    }
  }

  private void endInfo() {
    String value = info.toString().strip();
    if (!value.isEmpty()) {
      tags.putIfAbsent(now.destination, value);
    }
    info.setLength(0);
  }

  private void control() {
    if (at >= in.length) {
      return;
    }
    char c = (char) (in[at] & 0xff);
    if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z')) {
      at++;
      symbol(c);
      return;
    }
    int from = at;
    while (at < in.length && at - from < 32 && Character.isLetter(in[at]) && in[at] > 0) {
      at++;
    }
    String word = new String(in, from, at - from, StandardCharsets.US_ASCII);
    int digits = at;
    while (at < in.length
        && at - digits < 11
        && (in[at] >= '0' && in[at] <= '9' || in[at] == '-' && at == digits)) {
      at++;
    }
    String number = new String(in, digits, at - digits, StandardCharsets.US_ASCII);
    if (at < in.length && in[at] == ' ') {
      at++;
    }
    Integer value = number.matches("-?[0-9]{1,9}") ? Integer.valueOf(number) : null;
    word(word, value);
  }

  private void symbol(char c) {
    switch (c) {
      case '\'' -> {
        int high = at + 1 < in.length ? Character.digit(in[at], 16) : -1;
        int low = at + 1 < in.length ? Character.digit(in[at + 1], 16) : -1;
        if (high >= 0 && low >= 0) {
          at += 2;
          literal((byte) (high << 4 | low));
        }
      }
      case '\\', '{', '}' -> literal((byte) c);
      case '~' -> text(" ");
      case '_' -> text("-");
      case '\r', '\n' -> text("\n\n");
      case '*' -> now.destination = "*";
      default -> {}
    }
  }

  private void text(String text) {
    flush();
    if (toSkip > 0) {
      toSkip--;
    } else {
      write(text);
    }
  }

  private void word(String word, @Nullable Integer value) {
    switch (word) {
      case "u" -> {
        flush();
        if (value != null) {
          write(String.valueOf((char) (value & 0xffff)));
        }
        toSkip = now.skip;
      }
      case "uc" -> now.skip = value == null ? 1 : Math.clamp(value, 0, 16);
      case "par", "sect", "page" -> text("\n\n");
      case "line" -> text("\n");
      case "tab", "cell" -> text("\t");
      case "row" -> text("\n");
      case "emdash" -> text("—");
      case "endash" -> text("–");
      case "bullet" -> text("•");
      case "lquote" -> text("‘");
      case "rquote" -> text("’");
      case "ldblquote" -> text("“");
      case "rdblquote" -> text("”");
      case "v" -> {
        flush();
        now.hidden = value == null || value != 0;
      }
      case "plain" -> {
        flush();
        now.hidden = false;
        now.encoding = page;
      }
      case "ansicpg" -> {
        page = codePage(value == null ? 1252 : value);
        now.encoding = page;
      }
      case "mac" -> {
        page = charset("x-MacRoman");
        now.encoding = page;
      }
      case "f" -> {
        flush();
        font = value == null ? 0 : value;
        now.encoding = fonts.getOrDefault(font, page);
      }
      case "fcharset" -> {
        if (value != null && font >= 0 && inFonts()) {
          Charset encoding = ofFont(value);
          if (encoding != null) {
            fonts.put(font, encoding);
          }
        }
      }
      case "bin" ->
          at = (int) Math.min(in.length, at + (long) Math.max(0, value == null ? 0 : value));
      case "info" -> {
        flush();
        now.destination = "info";
      }
      case "title", "author" -> {
        if (now.destination.equals("info")) {
          now.destination = word;
        }
      }
      case "footnote", "shptxt" -> {
        flush();
        now.destination = now.destination.equals("*") ? "" : now.destination;
        write("\n\n");
      }
      default -> {
        if (UNSEEN.contains(word)) {
          flush();
          now.destination = word;
        }
      }
    }
  }

  private boolean inFonts() {
    return now.destination.equals("fonttbl");
  }

  private static Charset charset(String name) {
    return Charset.isSupported(name) ? Charset.forName(name) : Charset.forName("windows-1252");
  }

  private static Charset codePage(int page) {
    return charset(
        switch (page) {
          case 932 -> "windows-31j";
          case 936 -> "GBK";
          case 949 -> "x-windows-949";
          case 950 -> "Big5";
          case 65001 -> "UTF-8";
          case 10000 -> "x-MacRoman";
          case 437, 850, 852, 855, 857, 860, 861, 862, 863, 864, 865, 866, 869 -> "IBM" + page;
          case 874 -> "x-windows-874";
          default -> "windows-" + page;
        });
  }

  /// The code pages of Windows' character sets; null for that of the document.
  private static @Nullable Charset ofFont(int set) {
    return switch (set) {
      case 0 -> codePage(1252);
      case 77 -> charset("x-MacRoman");
      case 128 -> codePage(932);
      case 129 -> codePage(949);
      case 130 -> charset("x-Johab");
      case 134 -> codePage(936);
      case 136 -> codePage(950);
      case 161 -> codePage(1253);
      case 162 -> codePage(1254);
      case 163 -> codePage(1258);
      case 177 -> codePage(1255);
      case 178 -> codePage(1256);
      case 186 -> codePage(1257);
      case 204 -> codePage(1251);
      case 222 -> codePage(874);
      case 238 -> codePage(1250);
      default -> null;
    };
  }
}
