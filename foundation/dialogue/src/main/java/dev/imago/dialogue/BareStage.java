package dev.imago.dialogue;

/// The beginning of an answer that is a call where it begins with a brace or bracket and names a
/// tool that was offered, and text otherwise.
final class BareStage implements AnswerStage {
  private final AnswerParser parser;
  private final char opener;
  private final StringBuilder blanks = new StringBuilder();

  BareStage(AnswerParser parser, char opener) {
    this.parser = parser;
    this.opener = opener;
  }

  @Override
  public void take(char c) {
    if (Character.isWhitespace(c)) {
      blanks.append(c);
      return;
    }
    if (c == opener) {
      parser.record(blanks.append(c));
      parser.go(
          opener == '{'
              ? new JsonCallsStage(parser, "", true)
              : new PythonicStage(parser, "", true));
      parser.again(c);
    } else {
      passed();
      parser.again(c);
    }
  }

  private void passed() {
    parser.go(parser.text());
    parser.again(blanks);
  }

  @Override
  public void mark(String spelling) {
    passed();
    parser.markAgain(spelling);
  }

  @Override
  public void end(boolean cutOff) {
    passed();
    parser.endAgain(cutOff);
  }
}
