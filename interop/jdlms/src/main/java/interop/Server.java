package interop;

import java.io.OutputStream;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.openmuc.jdlms.AttributeAccessMode;
import org.openmuc.jdlms.CosemAttribute;
import org.openmuc.jdlms.CosemClass;
import org.openmuc.jdlms.CosemMethod;
import org.openmuc.jdlms.CosemSnInterfaceObject;
import org.openmuc.jdlms.DlmsServer;
import org.openmuc.jdlms.LogicalDevice;
import org.openmuc.jdlms.ObisCode;
import org.openmuc.jdlms.SelectiveAccessDescription;
import org.openmuc.jdlms.datatypes.CosemDateTime;
import org.openmuc.jdlms.datatypes.DataObject;
import org.openmuc.jdlms.settings.client.ReferencingMethod;
import org.openmuc.jdlms.sessionlayer.server.ServerSessionLayerFactories;

/**
 * A meter served by jDLMS; prints `ready PORT`. The objects are those of reference-meter.ts.
 *
 * <p>Usage: interop.Server hdlc|wrapper ln|sn VIEW ..., a view being a row of securities.ts:
 * NAME=VALUE,...
 */
public final class Server {
  private static final int WATT_HOUR = 30;

  /** Short names of attributes 2 and 3, and of method 1 of class 3, behind the base name. */
  private static final int SECOND = 0x08;

  private static final int THIRD = 0x10;
  private static final int RESET = 0x28;
  private static final int BASE_NAMES = 0x100;
  private static int lastBaseName = 0;

  /** Class 1. */
  @CosemClass(id = 1)
  public static final class Data extends CosemSnInterfaceObject {
    @CosemAttribute(id = 2, snOffset = SECOND)
    private DataObject value;

    Data(String name, byte[] octets) {
      super(nextBaseName(), name);
      value = DataObject.newOctetStringData(octets);
    }
  }

  /** Class 3. */
  @CosemClass(id = 3)
  public static final class Register extends CosemSnInterfaceObject {
    @CosemAttribute(id = 2, snOffset = SECOND)
    private DataObject value;

    @CosemAttribute(id = 3, snOffset = THIRD, accessMode = AttributeAccessMode.READ_ONLY)
    private final DataObject scalerUnit;

    Register(String name, long raw, int scaler, int unit) {
      super(nextBaseName(), name);
      value = DataObject.newUInteger32Data(raw);
      scalerUnit =
          DataObject.newStructureData(
              DataObject.newInteger8Data((byte) scaler), DataObject.newEnumerateData(unit));
    }

    @CosemMethod(id = 1, snOffset = RESET, consumes = DataObject.Type.INTEGER)
    public void reset(DataObject ignored) {
      value = DataObject.newUInteger32Data(0);
    }
  }

  /** Class 7: twelve hours of 2026-01-15, clock and energy. */
  @CosemClass(id = 7, version = 1)
  public static final class Profile extends CosemSnInterfaceObject {
    @CosemAttribute(
        id = 2,
        snOffset = SECOND,
        accessMode = AttributeAccessMode.READ_ONLY,
        selector = {1, 2})
    private DataObject buffer;

    @CosemAttribute(id = 3, snOffset = THIRD, accessMode = AttributeAccessMode.READ_ONLY)
    private final DataObject captureObjects;

    Profile(String name) {
      super(nextBaseName(), name);
      captureObjects =
          DataObject.newArrayData(
              List.of(column(8, "0.0.1.0.0.255"), column(3, "1.0.1.8.0.255")));
    }

    /** The library knows selectors by number only: what they mean is the object's. */
    public DataObject getBuffer(SelectiveAccessDescription selection) {
      List<DataObject> rows = new ArrayList<>();
      for (int hour = 0; hour < 12; hour++) {
        if (selection == null || isSelected(selection, hour)) {
          rows.add(
              DataObject.newStructureData(
                  DataObject.newOctetStringData(
                      new CosemDateTime(2026, 1, 15, 4, hour, 0, 0, 0, 0).encode()),
                  DataObject.newUInteger32Data(1000 + hour)));
        }
      }
      return DataObject.newArrayData(rows);
    }

    private static boolean isSelected(SelectiveAccessDescription selection, int hour) {
      List<DataObject> parameters = selection.getAccessParameter().getValue();
      if (selection.getAccessSelector() == 2) {
        Number from = parameters.get(0).getValue();
        Number to = parameters.get(1).getValue();
        return hour + 1 >= from.longValue() && (to.longValue() == 0 || hour + 1 <= to.longValue());
      }
      byte[] from = parameters.get(1).getValue();
      byte[] to = parameters.get(2).getValue();
      return hour >= from[5] && hour <= to[5];
    }

    private static DataObject column(int classId, String name) {
      return DataObject.newStructureData(
          DataObject.newUInteger16Data(classId),
          DataObject.newOctetStringData(new ObisCode(name).bytes()),
          DataObject.newInteger8Data((byte) 2),
          DataObject.newUInteger16Data(0));
    }
  }

  private Server() {}

  private static int nextBaseName() {
    lastBaseName += BASE_NAMES;
    return lastBaseName;
  }

  public static void main(String[] arguments) throws Exception {
    byte[] octets = new byte[900];
    for (int index = 0; index < octets.length; index++) {
      octets[index] = (byte) index;
    }
    byte[] sevens = {0x7e, 0x7d, 0x7e, 0x7d, 0x7e, (byte) 0xa0, 0x7e, 0x7e, 0x7d, 0x7e};
    LogicalDevice device =
        new LogicalDevice(1, "LCT0000000002", "LCT", 2)
            // Wanted as soon as any view has keys; nothing here uses it.
            .setMasterKey(new byte[16])
            .registerCosemObject(
                new Data("0.0.96.1.0.255", "12345678".getBytes("US-ASCII")),
                new Data("0.0.96.1.1.255", octets),
                new Data("0.0.96.1.2.255", new byte[1]),
                new Data("0.0.96.1.3.255", sevens),
                new Register("1.0.32.7.0.255", 13519, -2, 35),
                new Register("1.0.31.7.0.255", 1329, -3, 33),
                new Register("1.0.14.7.0.255", 5997, -2, 44),
                new Register("1.0.1.7.0.255", 5, -1, 27),
                new Register("1.0.1.8.0.255", 56352, 0, WATT_HOUR),
                new Register("1.0.1.8.1.255", 4711, 0, WATT_HOUR),
                new Register("1.126.125.126.125.126", 0x7e7d7e7eL, -3, WATT_HOUR),
                new Profile("1.0.99.1.0.255"));
    for (int index = 2; index < arguments.length; index++) {
      Row row = new Row(arguments[index].split(","));
      if (row.isOffered()) {
        try {
          device.addRestriction(row.number("sap"), row.suite());
        } catch (IllegalArgumentException error) {
          // The builder refuses the combination: its client is not known then.
          System.err.println("refused " + row.text("sap") + " " + error);
        }
      }
    }
    // The library cannot say which port it took when asked for any.
    int port;
    try (ServerSocket probe = new ServerSocket(0)) {
      port = probe.getLocalPort();
    }
    DlmsServer.tcpServerBuilder(port)
        .setSessionLayerFactory(
            arguments[0].equals("hdlc")
                ? ServerSessionLayerFactories.newHdlcSessionLayerFactory()
                : ServerSessionLayerFactories.newWrapperSessionLayerFactory())
        .setReferencingMethod(
            arguments[1].equals("sn") ? ReferencingMethod.SHORT : ReferencingMethod.LOGICAL)
        .registerLogicalDevice(device)
        .build();
    System.out.println("ready " + port);
    // Ends with whoever started it.
    System.in.transferTo(OutputStream.nullOutputStream());
    System.exit(0);
  }
}
