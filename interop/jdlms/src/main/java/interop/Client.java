package interop;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.openmuc.jdlms.AccessResultCode;
import org.openmuc.jdlms.AttributeAddress;
import org.openmuc.jdlms.DlmsConnection;
import org.openmuc.jdlms.GetResult;
import org.openmuc.jdlms.MethodParameter;
import org.openmuc.jdlms.MethodResultCode;
import org.openmuc.jdlms.ObisCode;
import org.openmuc.jdlms.SelectiveAccessDescription;
import org.openmuc.jdlms.SetParameter;
import org.openmuc.jdlms.TcpConnectionBuilder;
import org.openmuc.jdlms.datatypes.CosemDateTime;
import org.openmuc.jdlms.datatypes.DataObject;
import org.openmuc.jdlms.settings.client.ReferencingMethod;

/** jDLMS as a client; the requests and answers are those of line_protocol.py. */
public final class Client {
  private static final int TIMEOUT_MS = 5000;
  /** The default of 64 makes an AARQ of several HDLC segments, which it cannot send. */
  private static final int CHALLENGE_OCTETS = 16;

  private Client() {}

  public static void main(String[] arguments) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    DlmsConnection connection = null;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split(" ");
      try {
        String value = "null";
        if (words[0].equals("session")) {
          connection = open(words);
        } else if (words[0].equals("end")) {
          if (connection != null) {
            connection.close();
          }
        } else if (words[0].equals("push") || words[0].equals("listen")) {
          throw new UnsupportedOperationException(
              "missing role: its API neither sends nor takes a data-notification");
        } else {
          value = perform(connection, words);
        }
        System.out.println("{\"ok\":true,\"value\":" + value + "}");
      } catch (Exception error) {
        String text = error.toString().replaceAll("[\"\\\\\\p{Cntrl}]", " ");
        System.out.println("{\"ok\":false,\"error\":\"" + text + "\"}");
      }
    }
  }

  private static DlmsConnection open(String[] words) throws Exception {
    Row row = new Row(words);
    TcpConnectionBuilder builder =
        new TcpConnectionBuilder(InetAddress.getLoopbackAddress())
            .setPort(row.number("port"))
            .setClientId(row.number("sap"))
            .setLogicalDeviceId(row.number("upper"))
            .setSystemTitle("LCT", 1)
            .setChallengeLength(CHALLENGE_OCTETS)
            .setFrameCounter(row.number("counter"))
            .setSecuritySuite(row.suite())
            .setResponseTimeout(TIMEOUT_MS);
    if (row.text("service").equals("sn")) {
      builder.setReferencingMethod(ReferencingMethod.SHORT);
    }
    if (row.text("framing").equals("hdlc")) {
      builder.useHdlc();
      if (row.number("size") != 1) {
        builder.setPhysicalDeviceAddress(row.number("lower"));
      }
    } else {
      builder.useWrapper();
    }
    return builder.build();
  }

  private static String perform(DlmsConnection connection, String[] words) throws Exception {
    switch (words[0]) {
      case "get":
        return value(connection.get(attribute(words[1], null)));
      case "list":
        List<AttributeAddress> wanted = new ArrayList<>();
        for (int index = 1; index < words.length; index++) {
          wanted.add(attribute(words[index], null));
        }
        List<String> values = new ArrayList<>();
        for (GetResult result : connection.get(wanted)) {
          values.add(value(result));
        }
        return "[" + String.join(",", values) + "]";
      case "entry":
        return value(connection.get(buffer(words[1], 2, entries(words[2], words[3]))));
      case "range":
        return value(connection.get(buffer(words[1], 1, range(words[2], words[3]))));
      case "set":
        AccessResultCode code =
            connection.set(new SetParameter(attribute(words[1], null), typed(words[2])));
        if (code != AccessResultCode.SUCCESS) {
          throw new IllegalStateException(code.toString());
        }
        return "null";
      case "action":
        String[] name = words[1].split(":");
        MethodParameter method =
            new MethodParameter(
                Integer.parseInt(name[0]), name[1], Integer.parseInt(name[2]), typed(words[2]));
        MethodResultCode result = connection.action(method).getResultCode();
        if (result != MethodResultCode.SUCCESS) {
          throw new IllegalStateException(result.toString());
        }
        return "null";
      default:
        throw new IllegalArgumentException(words[0]);
    }
  }

  private static AttributeAddress attribute(String text, SelectiveAccessDescription selection) {
    String[] name = text.split(":");
    int classId = Integer.parseInt(name[0]);
    return new AttributeAddress(classId, name[1], Integer.parseInt(name[2]), selection);
  }

  private static AttributeAddress buffer(String name, int selector, DataObject parameters) {
    return attribute("7:" + name + ":2", new SelectiveAccessDescription(selector, parameters));
  }

  private static DataObject entries(String first, String last) {
    return DataObject.newStructureData(
        DataObject.newUInteger32Data(Long.parseLong(first)),
        DataObject.newUInteger32Data(Long.parseLong(last)),
        DataObject.newUInteger16Data(1),
        DataObject.newUInteger16Data(0));
  }

  private static DataObject range(String first, String last) {
    return DataObject.newStructureData(
        DataObject.newStructureData(
            DataObject.newUInteger16Data(8),
            DataObject.newOctetStringData(new ObisCode("0.0.1.0.0.255").bytes()),
            DataObject.newInteger8Data((byte) 2),
            DataObject.newUInteger16Data(0)),
        time(first),
        time(last),
        DataObject.newArrayData(List.of()));
  }

  private static DataObject time(String seconds) {
    ZonedDateTime at = Instant.ofEpochSecond(Long.parseLong(seconds)).atZone(ZoneOffset.UTC);
    CosemDateTime encoded =
        new CosemDateTime(
            at.getYear(),
            at.getMonthValue(),
            at.getDayOfMonth(),
            at.getDayOfWeek().getValue(),
            at.getHour(),
            at.getMinute(),
            at.getSecond(),
            0,
            0);
    return DataObject.newOctetStringData(encoded.encode());
  }

  private static DataObject typed(String text) {
    String[] parts = text.split(":");
    switch (parts[0]) {
      case "octet-string":
        return DataObject.newOctetStringData(HexFormat.of().parseHex(parts[1]));
      case "integer":
        return DataObject.newInteger8Data(Byte.parseByte(parts[1]));
      case "double-long-unsigned":
        return DataObject.newUInteger32Data(Long.parseLong(parts[1]));
      default:
        throw new IllegalArgumentException(parts[0]);
    }
  }

  private static String value(GetResult result) {
    if (!result.requestSuccessful()) {
      throw new IllegalStateException(result.getResultCode().toString());
    }
    return json(result.getResultData());
  }

  private static String json(DataObject data) {
    Object raw = data.getRawValue();
    if (raw instanceof byte[] octets) {
      return "\"" + HexFormat.of().formatHex(octets) + "\"";
    }
    if (raw instanceof List<?> items) {
      List<String> values = new ArrayList<>();
      for (Object item : items) {
        values.add(json((DataObject) item));
      }
      return "[" + String.join(",", values) + "]";
    }
    return raw instanceof Number || raw == null ? String.valueOf(raw) : "\"" + raw + "\"";
  }
}
