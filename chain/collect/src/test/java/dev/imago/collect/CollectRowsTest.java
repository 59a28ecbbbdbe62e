package dev.imago.collect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.corpus.extract.Skip;
import dev.imago.data.Document;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectRowsTest {
  @TempDir Path temporary;
  private Collecting files;

  @BeforeEach
  void folder() {
    files = new Collecting(temporary);
  }

  private void json(String name, String json) {
    files.write(name, json.replace('\'', '"'));
  }

  @Test
  void anyFieldIsFoundToBeTheTextAndTold() {
    json(
        "a.jsonl",
        "{'url':'http://x','content':'page one'}\n{'url':'http://y','content':'page two'}\n");
    json(
        "b.json",
        "[{'title':'t','paragraphs':['line one','line two'],'id':'p1'},\n"
            + "{'title':'u','paragraphs':['three']}]");
    files.write("c.csv", "label,review\n1,\"good, \"\"really\"\" good\"\n0,bad\n");
    List<Document> documents = files.all();
    assertEquals(
        List.of(
            "page one", "page two", "line one\nline two", "three", "good, \"really\" good", "bad"),
        documents.stream().map(Document::text).toList());
    assertEquals(
        List.of(
            "in/a.jsonl:1",
            "in/a.jsonl:2",
            "in/b.json#1",
            "in/b.json#2",
            "in/c.csv:2",
            "in/c.csv:3"),
        documents.stream().map(Document::id).toList());
    assertEquals("p1", documents.get(2).tags().get("id"));
    assertEquals("2", documents.get(3).tags().get("line"));
    assertNull(documents.get(0).tags().get("line"));
    assertTrue(files.note("«content»").contains("collect.textField names another"));
    files.note("in/b.json has its text in «paragraphs»");
    files.note("in/c.csv has its text in «review»");
  }

  @Test
  void aSettingNamesTheFieldEvenWithinAnother() {
    json("a.jsonl", "{'text':'no','data':{'words':'yes'}}\n");
    assertEquals(List.of("yes"), files.texts("textField=data.words"));
    String message = Collecting.refusal(InputException.class, () -> files.all("textField=body"));
    assertTrue(message.contains("no text in «body»; there are text, data"), message);
  }

  @Test
  void rowsWithoutATextSayWhichFieldsThereAre() {
    json("a.json", "[{'x':1,'when':'2020-01-01'},{'x':2,'when':'2020-01-02'}]");
    json("package.json", "{'name':'thing','description':'A small thing'}");
    files.write("b.txt", "text");
    assertEquals(List.of("in/b.txt"), files.ids());
    assertEquals("2", files.skipped(Skip.NO_TEXT));
    assertTrue(files.note("in/a.json: without a text").contains("there are x, when"));
    assertTrue(files.note("2 for «without a text»").contains("collect.textField"));
  }

  @Test
  void brokenRowsAreNamedByLineAndColumnAndTheOthersKept() {
    json(
        "a.jsonl",
        """
        {'text':'first'}
        {'text':
        {'other':'no text'}
        {'text':7}
        {'text':'\\ud800 alone'}
        {'text':' '}
        {'text':'last','kind':'poem'}
        'a string is a text'\
        """);
    assertEquals(List.of("first", "last", "a string is a text"), files.texts());
    assertEquals("2", files.skipped(Skip.ROW));
    assertEquals("2", files.skipped(Skip.NO_TEXT));
    assertEquals("1", files.skipped(Skip.EMPTY));
    assertTrue(
        files.note("in/a.jsonl, line 2: broken row").contains("column "),
        files.run().notes().toString());
    files.note("4 of 8 rows did not arrive");
  }

  @Test
  void jsonThatBreaksOffKeepsWhatStoodBefore() {
    json("a.json", "[{'text':'one'},\n{'text':'two'},\n{'text':");
    assertEquals(List.of("one", "two"), files.texts());
    files.note("in/a.json, line 3, column 9: broken row");
  }

  @Test
  void labelledRowsAreReadAsWhatIsAskedAndAnswered() {
    json(
        "alpaca.json",
        "[{'instruction':'Add.','input':'1"
            + " 2','output':'3'},{'instruction':'Greet.','input':'','output':'Hi'}]");
    json(
        "sharegpt.jsonl",
        "{'conversations':[{'from':'human','value':'Hello'},{'from':'gpt','value':'Hi'}]}\n");
    json(
        "messages.jsonl",
        "{'messages':[{'role':'system','content':'Be"
            + " brief.'},{'role':'user','content':[{'type':'text','text':'Hello'}]},{'role':'assistant','content':'Hi'}]}\n");
    json("pairs.jsonl", "{'prompt':'Two?','completion':' 2'}\n");
    json("preference.jsonl", "{'prompt':'Two?','chosen':'2','rejected':'3'}\n");
    json(
        "chosen.jsonl",
        "{'chosen':[{'role':'user','content':'Q'},{'role':'assistant','content':'A'}],'rejected':[]}\n");
    json(
        "kto.jsonl",
        "{'messages':[{'role':'user','content':'Q'},{'role':'assistant','content':'bad'}],'label':false}\n");
    assertEquals(
        List.of(
            "Add.\n\n1 2\n\n3",
            "Greet.\n\nHi",
            "User: Q\n\nAssistant: A",
            "User: Q",
            "Be brief.\n\nUser: Hello\n\nAssistant: Hi",
            "Two?\n\n2",
            "Two?\n\n2",
            "User: Hello\n\nAssistant: Hi"),
        files.texts());
    files.note(
        "has labels (instruction, output), read as texts of what is asked and answered; --labels"
            + " FILE tunes on them");
  }

  @Test
  void aLongRowIsCutLikeALongFile() {
    json("a.jsonl", "{'text':'" + "Some words that go on. ".repeat(200) + "'}\n{'text':'short'}\n");
    List<String> ids = files.ids("cutWords=100");
    assertTrue(ids.size() > 5, ids.toString());
    assertEquals("in/a.jsonl:1#1", ids.getFirst());
    assertEquals("in/a.jsonl:2", ids.getLast());
  }
}
