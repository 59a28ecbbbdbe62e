package dev.imago.accounts;

import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;

/// An invoice as a page, a table or an object.
public final class InvoiceText {
  private InvoiceText() {}

  /// With the amounts in millionths.
  public static String json(Invoice invoice) {
    return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(invoice) + "\n";
  }

  public static String csv(Invoice invoice) {
    var csv =
        new StringBuilder(
            "number,kind,organisation,month,model,requests,input,cached,output,reasoning,cost,currency\r\n");
    for (Invoice.Line line : invoice.lines()) {
      csv.append(
          CsvCells.row(
              List.of(
                  String.valueOf(invoice.number()),
                  invoice.kind(),
                  CsvCells.text(invoice.organisation()),
                  invoice.month(),
                  CsvCells.text(line.model()),
                  String.valueOf(line.requests()),
                  String.valueOf(line.input()),
                  String.valueOf(line.cached()),
                  String.valueOf(line.output()),
                  String.valueOf(line.reasoning()),
                  Money.text(line.cost()),
                  invoice.currency())));
    }
    return csv.toString();
  }

  /// A page that needs nothing from elsewhere, for the screen and for paper.
  public static String html(Invoice invoice) {
    var rows = new StringBuilder();
    for (Invoice.Line line : invoice.lines()) {
      rows.append(
          "<tr><td>%s<td>%s<td>%s<td>%s<td>%s<td>%s<td>%s\n"
              .formatted(
                  escaped(line.model()),
                  grouped(line.requests()),
                  grouped(line.input()),
                  grouped(line.cached()),
                  grouped(line.output()),
                  grouped(line.reasoning()),
                  Money.text(line.cost())));
    }
    String title = (invoice.corrects() == 0 ? "Invoice " : "Credit note ") + invoice.number();
    String of =
        invoice.corrects() == 0 ? "" : "<p>Takes back invoice " + invoice.corrects() + ".\n";
    return """
    <!doctype html>
    <html lang="en"><meta charset="utf-8"><title>%1$s</title>
    <style>
    body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 3rem auto; padding: 0 1rem }
    table { border-collapse: collapse; width: 100%% } th, td { padding: .3rem .5rem; text-align: right }
    th:first-child, td:first-child { text-align: left } tr { border-bottom: 1px solid #ccc }
    tfoot td { font-weight: 600 }
    </style>
    <h1>%1$s</h1>
    %2$s<p>%3$s<br>%4$s, %5$s<br>Made on %6$s
    <table>
    <thead><tr><th>Model<th>Requests<th>Input tokens<th>of these cached<th>Output tokens<th>of these reasoning<th>%7$s
    <tbody>
    %8$s<tfoot>
    <tr><td colspan="6">Net<td>%9$s
    <tr><td colspan="6">Tax, %10$s<td>%11$s
    <tr><td colspan="6">Total<td>%12$s
    </table>
    </html>
    """
        .formatted(
            title,
            of,
            escaped(invoice.organisation()),
            invoice.month(),
            escaped(invoice.zone()),
            invoice.created(),
            invoice.currency(),
            rows,
            Money.text(invoice.net()),
            invoice.taxText(),
            Money.text(invoice.tax()),
            invoice.grossText());
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
