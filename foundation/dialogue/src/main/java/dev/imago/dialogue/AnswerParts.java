package dev.imago.dialogue;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Collects what is certain of an answer. Blanks between text and a call, or between thoughts and
/// text, are the form's and not the text's: they wait until it is known what follows them.
final class AnswerParts {
  private enum Kind {
    TEXT,
    REASONING,
    ARGUMENTS
  }

  private final boolean trims;
  private List<AnswerPart> ready = new ArrayList<>();
  private final StringBuilder open = new StringBuilder();
  private Kind kind = Kind.TEXT;
  private final StringBuilder blanks = new StringBuilder();

  /// The blanks before a call, which part the text before it from the text after it, if any comes.
  private final StringBuilder parting = new StringBuilder();

  private final StringBuilder arguments = new StringBuilder();
  private boolean spoken;
  private boolean afterForm;
  private int call = -1;
  private String name = "";

  /// @param trims whether the form has anything beside text
  AnswerParts(boolean trims) {
    this.trims = trims;
  }

  /// What has become certain since the last time.
  List<AnswerPart> take() {
    flush();
    List<AnswerPart> taken = ready;
    ready = new ArrayList<>();
    return taken;
  }

  private void flush() {
    if (!open.isEmpty()) {
      String text = open.toString();
      ready.add(
          switch (kind) {
            case TEXT -> new AnswerPart.Text(text);
            case REASONING -> new AnswerPart.Reasoning(text);
            case ARGUMENTS -> new AnswerPart.Arguments(call, text);
          });
      open.setLength(0);
    }
  }

  private void more(Kind of, CharSequence text) {
    if (kind != of) {
      flush();
      kind = of;
    }
    open.append(text);
  }

  void text(CharSequence text) {
    spoken(Kind.TEXT, text);
  }

  void reasoning(CharSequence text) {
    spoken(Kind.REASONING, text);
  }

  private void spoken(Kind of, CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (trims && Character.isWhitespace(c)) {
        if (!afterForm) {
          blanks.append(c);
        }
      } else {
        if (of == Kind.TEXT) {
          more(of, parting);
          parting.setLength(0);
          spoken = true;
        }
        more(of, blanks);
        blanks.setLength(0);
        afterForm = false;
        more(of, String.valueOf(c));
      }
    }
  }

  /// A mark of the form: blanks on either side of it are its own.
  void form() {
    if (spoken && !blanks.isEmpty()) {
      parting.setLength(0);
      parting.append(blanks);
    }
    blanks.setLength(0);
    afterForm = true;
  }

  /// The answer's end: blanks at the end of a text are the text's.
  void end(boolean inText) {
    if (inText) {
      more(Kind.TEXT, blanks);
    }
    blanks.setLength(0);
  }

  void begin(String called) {
    form();
    flush();
    call++;
    name = called;
    arguments.setLength(0);
    ready.add(new AnswerPart.CallBegun(call, called));
  }

  void arguments(CharSequence json) {
    more(Kind.ARGUMENTS, json);
    arguments.append(json);
  }

  String name() {
    return name;
  }

  /// Ends the call; arguments that are no JSON object are told.
  void endCall() {
    if (arguments.toString().isBlank()) {
      arguments("{}");
    }
    endCall(defect());
  }

  /// Ends a call that was not finished: where its arguments are whole, nothing of it is missing.
  void endCall(String otherwise) {
    flush();
    ready.add(
        new AnswerPart.CallEnded(call, otherwise.isEmpty() || defect().isEmpty() ? "" : otherwise));
    form();
  }

  private String defect() {
    try {
      return JsonMapper.shared().readTree(arguments.toString()).isObject()
          ? ""
          : "the arguments of «%s» are no JSON object".formatted(name);
    } catch (JacksonException e) {
      return "the arguments of «%s» are no JSON: %s".formatted(name, e.getOriginalMessage());
    }
  }

  void unread(String why) {
    flush();
    ready.add(new AnswerPart.Unread(why));
  }
}
