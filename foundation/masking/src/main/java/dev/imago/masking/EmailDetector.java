package dev.imago.masking;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Mailboxes: a local part of at most 64 characters, labels of 1 to 63 without a hyphen at either
/// end, a top-level domain of letters, 253 in all (RFC 5321, RFC 1035), in letters of any script
/// (RFC 6531). The domains that RFC 2606 keeps for examples stay, and so do file names
/// (`icon@2x.png`) and remotes of version control (`git@host:path`).
///
/// Asked at the `@`: its match begins before. [#openFrom] says what may yet become one.
final class EmailDetector implements Detector {
  /// What looks like a top-level domain and ends the name of a file.
  private static final Set<String> FILE_ENDINGS =
      Set.of(
          "png", "jpg", "jpeg", "gif", "webp", "svg", "ico", "bmp", "tiff", "avif", "css", "scss",
          "less", "js", "mjs", "cjs", "jsx", "ts", "tsx", "json", "html", "htm", "xml", "yaml",
          "yml", "toml", "ini", "txt", "csv", "java", "class", "jar", "war", "kt", "cpp", "hpp",
          "exe", "dll", "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "zip", "gz", "tar",
          "mp3", "mp4", "wav", "sql", "lock", "log", "conf", "tmpl");

  /// Accounts of servers of version control, no person's.
  private static final Set<String> REMOTE_USERS = Set.of("git", "hg", "svn");

  /// Nobody's: RFC 2606 and RFC 6761.
  private static final Set<String> RESERVED =
      Set.of(".example.com", ".example.net", ".example.org", ".test", ".invalid", ".localhost");

  private static final int LOCAL = 64;

  /// What is written without spaces has no word's beginning: of a local part that ends in an
  /// ideograph no more is taken, so that a stream need not hold a whole sentence back.
  private static final int IDEOGRAPHIC_LOCAL = 12;

  private static final int DOMAIN = 253;
  private static final int PATH = 200;

  @Override
  public boolean anchors(char c) {
    return c == '@';
  }

  @Override
  public boolean atWordStart() {
    return false;
  }

  @Override
  public @Nullable Detection match(Sight text, int at) {
    if (at == 0) {
      return null;
    }
    int start = localStart(text, at, ideograph(text.before(at)), false);
    if (at - start < 1 || at - start > LOCAL || text.before(at) == '.') {
      return null;
    }
    int end = hostEnd(text, at + 1);
    if (end - at - 1 > DOMAIN || end == at + 1) {
      return null;
    }
    String domain = text.text(at + 1, end).toLowerCase(Locale.ROOT);
    boolean personal =
        domain(domain)
            && !reserved(domain)
            && !FILE_ENDINGS.contains(domain.substring(domain.lastIndexOf('.') + 1))
            && !remote(text, text.text(start, at), end);
    return personal ? new Detection(PersonalKind.EMAIL, start, end) : null;
  }

  /// Where the local part of a mailbox may begin whose `@` is yet to come.
  ///
  /// @param from whence on nothing is decided: an `@` may stand there or later
  static int openFrom(Sight text, int from) {
    int start = localStart(text, from, false, true);
    int letters = from - start > LOCAL ? from : start;
    return Math.min(letters, localStart(text, from, true, true));
  }

  /// Where a local part begins: letters, digits, marks and `._%+-`, apostrophes between letters.
  /// Ideographs, which are written without spaces, belong to it only where it ends in one.
  ///
  /// @param open whether more of it may come at `at`
  private static int localStart(Sight text, int at, boolean ideographs, boolean open) {
    int most = ideographs ? IDEOGRAPHIC_LOCAL : LOCAL + 2;
    int start = at;
    while (start > 0 && at - start < most) {
      char c = text.before(start);
      boolean apostrophe =
          (c == '\'' || c == '’')
              && start > 1
              && (start == at ? open : Character.isLetter(text.characters()[start]))
              && Character.isLetter(text.before(start - 1));
      boolean fits = local(c) && (ideographs || c < 0x80 || !ideograph(c));
      if (!fits && !apostrophe) {
        break;
      }
      start--;
    }
    while (start < at && text.characters()[start] == '.') {
      start++;
    }
    return start;
  }

  /// Where a host ends; ideographs behind one that begins without are the sentence going on.
  private static int hostEnd(Sight text, int from) {
    boolean ideographs = ideograph(text.at(from));
    int end = from;
    while (end - from <= DOMAIN + 1) {
      char c = text.at(end);
      if (!host(c) || !ideographs && c >= 0x80 && ideograph(c)) {
        break;
      }
      end++;
    }
    while (end > from && (text.before(end) == '.' || text.before(end) == '-')) {
      end--;
    }
    return end;
  }

  private static boolean domain(String domain) {
    String[] labels = domain.split("\\.", -1);
    for (String label : labels) {
      if (label.isEmpty() || label.length() > 63 || label.startsWith("-") || label.endsWith("-")) {
        return false;
      }
    }
    String top = labels[labels.length - 1];
    return labels.length >= 2
        && top.codePointCount(0, top.length()) >= 2
        && (top.startsWith("xn--") || top.codePoints().allMatch(EmailDetector::letter));
  }

  private static boolean reserved(String domain) {
    return RESERVED.stream().anyMatch(("." + domain)::endsWith);
  }

  /// `git@host:path` and `git@host/path`; of other accounts `user@host:path.git`.
  private static boolean remote(Sight text, String local, int end) {
    char next = text.at(end);
    boolean account = REMOTE_USERS.contains(local);
    if (next != ':' && !(next == '/' && account)) {
      return false;
    }
    int stop = end + 1;
    for (char c = text.at(stop);
        stop - end < PATH && c != Sight.END && !Character.isWhitespace(c);
        c = text.at(stop)) {
      if (account) {
        return true;
      }
      stop++;
    }
    return text.text(end + 1, stop).contains(".git");
  }

  private static boolean local(char c) {
    return c < 0x80
        ? Sight.alphanumeric(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-'
        : wide(c);
  }

  private static boolean host(char c) {
    return c < 0x80 ? Sight.alphanumeric(c) || c == '.' || c == '-' : wide(c);
  }

  private static boolean wide(char c) {
    return Character.isLetterOrDigit(c) || Character.isSurrogate(c) || mark(c);
  }

  private static boolean letter(int c) {
    return Character.isLetter(c) || mark(c);
  }

  private static boolean mark(int c) {
    int type = Character.getType(c);
    return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
  }

  /// Han characters and kana.
  static boolean ideograph(char c) {
    return c >= 0x2e80
        && switch (Character.UnicodeScript.of(c)) {
          case HAN, HIRAGANA, KATAKANA -> Character.isLetter(c);
          default -> false;
        };
  }
}
