package dev.imago.accounts;

import java.util.List;

/// An invoice or a credit note, as it was made and stays.
///
/// @param number one of all, without gaps
/// @param kind `invoice` or `credit note`
/// @param month such as `2026-11`, as the organisation's zone has it
/// @param corrects the number of the invoice that a credit note takes back; 0 for an invoice
/// @param created the day of its making, in that zone
/// @param taxRate in hundredths of a per cent: 1900 is 19 %
/// @param net in millionths, a whole number of the currency's smallest coins; so with `tax` and
///   `gross`
public record Invoice(
    long number,
    String kind,
    String organisation,
    String month,
    String zone,
    long corrects,
    String created,
    String currency,
    List<Line> lines,
    long net,
    int taxRate,
    long tax,
    long gross) {
  public Invoice {
    lines = List.copyOf(lines);
  }

  /// What one model was used for.
  ///
  /// @param cost in millionths, exact
  public record Line(
      String model,
      long requests,
      long input,
      long cached,
      long output,
      long reasoning,
      long cost) {
    Line negated() {
      return new Line(model, -requests, -input, -cached, -output, -reasoning, -cost);
    }
  }

  public String grossText() {
    return Money.text(gross);
  }

  String taxText() {
    return "%d.%02d %%".formatted(taxRate / 100, taxRate % 100);
  }
}
