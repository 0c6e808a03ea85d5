import type { FormatSource } from '../types.ts';

export interface Machine {
  readonly cpus: number;
  /** MiB */
  readonly memory: number;
  readonly firmware: 'bios' | 'efi';
  /** The virtual hardware: of VMware, or VirtualBox's own. */
  readonly system: 'vmx-13' | 'virtualbox';
}

const names = {
  ovf: 'http://schemas.dmtf.org/ovf/envelope/1',
  rasd: 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData',
  vssd: 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData',
  vmw: 'http://www.vmware.com/schema/ovf',
};
const streamOptimized = 'http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized';
const sections = {
  disk: 'What the machine starts from',
  network: 'The networks to choose from',
  system: 'The machine',
  os: 'The operating system',
  hardware: 'The virtual hardware',
};

/** CIM_OperatingSystem: "LINUX 64-Bit" and "LINUX". */
const linux64 = { id: 101, vmware: 'other3xLinux64Guest', virtualbox: 'Linux_64' };

/** An OVF 1.0 descriptor (DSP0243) of a machine with one disk and one network card. */
export function ovf(
  source: FormatSource,
  file: { readonly name: string; readonly size: number },
  machine: Machine,
): string {
  const { name, version, description } = source;
  return `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="${names.ovf}" xmlns:ovf="${names.ovf}" xmlns:rasd="${names.rasd}" xmlns:vssd="${names.vssd}" xmlns:vmw="${names.vmw}">
  <References>
    <File ovf:id="file1" ovf:href="${escaped(file.name)}" ovf:size="${file.size}"/>
  </References>
  <DiskSection>
    <Info>${sections.disk}</Info>
    <Disk ovf:diskId="disk1" ovf:fileRef="file1" ovf:capacity="${source.disk.size}" ovf:capacityAllocationUnits="byte" ovf:format="${streamOptimized}"/>
  </DiskSection>
  <NetworkSection>
    <Info>${sections.network}</Info>
    <Network ovf:name="nat">
      <Description>Any network with DHCP</Description>
    </Network>
  </NetworkSection>
  <VirtualSystem ovf:id="${escaped(identifier(name))}">
    <Info>${sections.system}</Info>
    <Name>${escaped(name)}</Name>
    <OperatingSystemSection ovf:id="${linux64.id}" vmw:osType="${linux64.vmware}">
      <Info>${sections.os}</Info>
      <Description>${machine.system === 'virtualbox' ? linux64.virtualbox : 'Linux'}</Description>
    </OperatingSystemSection>
    <ProductSection>
      <Info>The image</Info>
      <Product>${escaped(description || name)}</Product>
      <Version>${escaped(version)}</Version>
    </ProductSection>
    <VirtualHardwareSection>
      <Info>${sections.hardware}</Info>
      <System>
        <vssd:ElementName>Virtual Hardware Family</vssd:ElementName>
        <vssd:InstanceID>0</vssd:InstanceID>
        <vssd:VirtualSystemIdentifier>${escaped(identifier(name))}</vssd:VirtualSystemIdentifier>
        <vssd:VirtualSystemType>${machine.system === 'virtualbox' ? 'virtualbox-2.2' : machine.system}</vssd:VirtualSystemType>
      </System>
${hardware(machine).map(item).join('\n')}
${machine.firmware === 'efi' ? '      <vmw:Config ovf:required="false" vmw:key="firmware" vmw:value="efi"/>\n' : ''}    </VirtualHardwareSection>
  </VirtualSystem>
</Envelope>
`;
}

type Item = Readonly<Record<string, string | number>>;

/** Each element in the order of the alphabet, as the schema wants it. */
function hardware({ cpus, memory, system }: Machine): readonly Item[] {
  const controller =
    system === 'virtualbox'
      ? { ElementName: 'SATA controller', ResourceSubType: 'AHCI', ResourceType: 20 }
      : { ElementName: 'SCSI controller', ResourceSubType: 'lsilogic', ResourceType: 6 };
  return [
    {
      AllocationUnits: 'hertz * 10^6',
      ElementName: 'Processors',
      InstanceID: 1,
      ResourceType: 3,
      VirtualQuantity: cpus,
    },
    {
      AllocationUnits: 'byte * 2^20',
      ElementName: 'Memory',
      InstanceID: 2,
      ResourceType: 4,
      VirtualQuantity: memory,
    },
    { Address: 0, InstanceID: 3, ...controller },
    {
      AddressOnParent: 0,
      ElementName: 'Disk',
      HostResource: 'ovf:/disk/disk1',
      InstanceID: 4,
      Parent: 3,
      ResourceType: 17,
    },
    {
      AddressOnParent: 7,
      AutomaticAllocation: 'true',
      Connection: 'nat',
      ElementName: 'Network card',
      InstanceID: 5,
      ResourceSubType: 'E1000',
      ResourceType: 10,
    },
  ];
}

function item(fields: Item): string {
  const lines = Object.keys(fields)
    .sort()
    .map((key) => `        <rasd:${key}>${fields[key]}</rasd:${key}>`);
  return ['      <Item>', ...lines, '      </Item>'].join('\n');
}

/** Machines are found by it on a command line. */
function identifier(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]+/g, '-');
}

function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => entities[character] as string);
}
