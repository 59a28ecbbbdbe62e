package dev.imago.text;

import java.util.List;

/// Keeps what users say from being read as special tokens when it is set into a template.
///
/// In every message, the first character of a special token's spelling gives way to a stand-in from
/// Unicode's private use area that no message holds; so it does at the end of a message, where the
/// spelling has only begun and the template might complete it. Special tokens are then looked for,
/// and between them the stand-ins become what they stood for. The template sees messages of the
/// same length and with the same blanks, so that trimming and the like do what they did.
final class SpecialTokenGuard {
  private static final char FIRST_STAND_IN = '\ue000';
  private static final char LAST_STAND_IN = '\uf8ff';

  private final List<String> spellings;
  private final StringBuilder originals = new StringBuilder();
  private final StringBuilder standIns = new StringBuilder();

  SpecialTokenGuard(Tokenizer tokenizer, List<ChatMessage> messages) {
    spellings = tokenizer.specialSpellings();
    char next = FIRST_STAND_IN;
    for (String spelling : spellings) {
      if (originals.indexOf(spelling.substring(0, 1)) < 0) {
        while (isUsed(next, messages)) {
          if (next == LAST_STAND_IN) {
            throw new IllegalArgumentException(
                "the conversation uses every private use character; none is left to guard it with");
          }
          next++;
        }
        originals.append(spelling.charAt(0));
        standIns.append(next++);
      }
    }
  }

  private static boolean isUsed(char c, List<ChatMessage> messages) {
    return messages.stream().anyMatch(m -> m.content().indexOf(c) >= 0 || m.role().indexOf(c) >= 0);
  }

  ChatMessage disarm(ChatMessage message) {
    return new ChatMessage(disarm(message.role()), disarm(message.content()));
  }

  private String disarm(String text) {
    var safe = new StringBuilder(text);
    String stripped = text.stripTrailing();
    for (String spelling : spellings) {
      for (int at = text.indexOf(spelling); at >= 0; at = text.indexOf(spelling, at + 1)) {
        hide(safe, at);
      }
      for (int n = Math.min(spelling.length() - 1, text.length()); n > 0; n--) {
        String begun = spelling.substring(0, n);
        if (text.endsWith(begun)) {
          hide(safe, text.length() - n);
        }
        if (stripped.endsWith(begun)) {
          hide(safe, stripped.length() - n);
        }
      }
    }
    return safe.toString();
  }

  private void hide(StringBuilder text, int at) {
    int which = originals.indexOf(text.substring(at, at + 1));
    if (which >= 0) {
      text.setCharAt(at, standIns.charAt(which));
    }
  }

  String restore(String text) {
    for (int i = 0; i < standIns.length(); i++) {
      text = text.replace(standIns.charAt(i), originals.charAt(i));
    }
    return text;
  }
}
