"""What the public sources lack, entered by hand: more cities, other spellings, abbreviations of regions."""

from __future__ import annotations

MORE_CITIES = """
DE;Leipzig;Sachsen;51.34;12.37;600
DE;Stuttgart;Baden-Württemberg;48.78;9.18;630
DE;Köln;Nordrhein-Westfalen;50.94;6.96;1080;Cologne|科隆
DE;Bremen;Bremen;53.08;8.80;570;不来梅
DE;Dortmund;Nordrhein-Westfalen;51.51;7.47;590
DE;Essen;Nordrhein-Westfalen;51.46;7.01;580
DE;Düsseldorf;Nordrhein-Westfalen;51.23;6.78;620
DE;Dresden;Sachsen;51.05;13.74;560
DE;Nürnberg;Bayern;49.45;11.08;520;Nuremberg
DE;Hannover;Niedersachsen;52.37;9.73;540;Hanover
DE;Mannheim;Baden-Württemberg;49.49;8.47;310
DE;Karlsruhe;Baden-Württemberg;49.01;8.40;310
DE;Aachen;Nordrhein-Westfalen;50.78;6.08;250
DE;Münster;Nordrhein-Westfalen;51.96;7.63;320
DE;Bonn;Nordrhein-Westfalen;50.74;7.10;330
DE;Augsburg;Bayern;48.37;10.90;300
DE;Brandenburg an der Havel;Brandenburg;52.41;12.55;72;Brandenburg
DE;Cunewalde;Sachsen;51.10;14.52;5
AT;Graz;Steiermark;47.07;15.44;290
AT;Salzburg;Salzburg;47.80;13.04;155
AT;Linz;Oberösterreich;48.31;14.29;205
AT;Innsbruck;Tirol;47.27;11.39;130
CH;Basel;Basel-Stadt;47.56;7.59;175;Bâle
CH;Lausanne;Vaud;46.52;6.63;140
BE;Charleroi;Hainaut;50.41;4.44;200
BE;Antwerpen;Antwerpen;51.22;4.40;530;Antwerp|Anvers|安特卫普
BE;Gent;Oost-Vlaanderen;51.05;3.72;260;Ghent|Gand
BE;Liège;Liège;50.63;5.57;195;Luik
NL;Rotterdam;Zuid-Holland;51.92;4.48;650;鹿特丹
NL;Utrecht;Utrecht;52.09;5.12;360
NL;Eindhoven;Noord-Brabant;51.44;5.48;240
FR;Versailles;Île-de-France;48.80;2.13;85
FR;Reims;Grand Est;49.26;4.03;180
FR;Strasbourg;Grand Est;48.58;7.75;285
FR;Nantes;Pays de la Loire;47.22;-1.55;320
FR;Nice;Provence-Alpes-Côte d'Azur;43.70;7.27;340
FR;Rennes;Bretagne;48.11;-1.68;220
FR;Montpellier;Occitanie;43.61;3.88;290
IT;Bergamo;Lombardia;45.70;9.67;120
IT;Reggio Emilia;Emilia-Romagna;44.70;10.63;170;Reggio nell'Emilia
IT;Verona;Veneto;45.44;10.99;260
IT;Padova;Veneto;45.41;11.88;210;Padua
IT;Brescia;Lombardia;45.54;10.21;200
ES;Zaragoza;Aragón;41.65;-0.89;670;Saragossa
ES;Málaga;Andalucía;36.72;-4.42;570
ES;Valencia;Comunitat Valenciana;39.47;-0.38;790
PT;Porto;Porto;41.15;-8.61;240;Oporto
PT;Braga;Braga;41.55;-8.43;190
IE;Cork;Cork;51.90;-8.47;210
IE;Galway;Galway;53.27;-9.06;80
GB;Cowes;Isle of Wight;50.76;-1.30;10
GB;Liverpool;England;53.41;-2.98;500
GB;Bristol;England;51.45;-2.59;465
GB;Sheffield;England;53.38;-1.47;555
GB;Newcastle upon Tyne;England;54.98;-1.61;300;Newcastle
GB;Cambridge;England;52.21;0.12;145
GB;Oxford;England;51.75;-1.26;160
SE;Bräcke;Jämtland;62.75;15.42;2
SE;Luleå;Norrbotten;65.58;22.15;50
SE;Malmö;Skåne;55.60;13.00;350
SE;Uppsala;Uppsala;59.86;17.64;180
NO;Stavern;Vestfold;59.00;10.03;6
NO;Bergen;Vestland;60.39;5.32;285
DK;Aarhus;Midtjylland;56.16;10.20;285;Århus
DK;Odense;Syddanmark;55.40;10.39;180
FI;Oulu;Pohjois-Pohjanmaa;65.01;25.47;210
FI;Tampere;Pirkanmaa;61.50;23.76;245
PL;Łódź;Łódzkie;51.76;19.46;670
PL;Wrocław;Dolnośląskie;51.11;17.03;640;Breslau
PL;Poznań;Wielkopolskie;52.41;16.93;540
CZ;Brno;Jihomoravský;49.20;16.61;380
US;Eugene;Oregon;44.05;-123.09;175
US;Elgin;Oregon;45.56;-117.92;2
US;Walla Walla;Washington;46.06;-118.34;34
US;Lander;Wyoming;42.83;-108.73;7
US;Butte;Montana;46.00;-112.53;34
US;Kirkland;Washington;47.68;-122.21;92
US;Spokane;Washington;47.66;-117.43;230
US;Tacoma;Washington;47.25;-122.44;220
US;Oakland;California;37.80;-122.27;430
US;Palo Alto;California;37.44;-122.14;68
US;Irvine;California;33.68;-117.83;310
US;Charlotte;North Carolina;35.23;-80.84;890
US;Columbus;Ohio;39.96;-83.00;900
US;Louisville;Kentucky;38.25;-85.76;630
US;Fort Worth;Texas;32.76;-97.33;950
US;Newark;New Jersey;40.74;-74.17;305
US;Providence;Rhode Island;41.82;-71.41;190
US;Hartford;Connecticut;41.76;-72.68;120
US;Little Rock;Arkansas;34.75;-92.29;200
US;Birmingham;Alabama;33.52;-86.80;200
US;Buffalo;New York;42.89;-78.88;270
CA;Tsawwassen;British Columbia;49.01;-123.08;22;Tsawassen
CA;Hamilton;Ontario;43.26;-79.87;570
CA;Surrey;British Columbia;49.19;-122.85;570
VE;Barquisimeto;Lara;10.06;-69.35;1000
VE;Isla de Margarita;Nueva Esparta;10.98;-63.93;420;I. de Margarita|Margarita|Porlamar
VE;San Cristóbal;Táchira;7.77;-72.23;280
BR;Resende;Rio de Janeiro;-22.47;-44.45;130
BR;Campinas;São Paulo;-22.91;-47.06;1200
BR;Ribeirão Preto;São Paulo;-21.18;-47.81;700
MX;Querétaro;Querétaro;20.59;-100.39;1050
JP;Yokohama;Kanagawa;35.44;139.64;3750;横滨|横浜市
JP;Kobe;Hyogo;34.69;135.20;1520;神户|神戸市
JP;Kyoto;Kyoto;35.01;135.77;1460;京都
JP;Kawasaki;Kanagawa;35.53;139.70;1540;川崎
KR;Suwon;Gyeonggi;37.26;127.03;1190;水原
IN;Gurugram;Haryana;28.46;77.03;900;Gurgaon
IN;Noida;Uttar Pradesh;28.57;77.32;640
AE;Sharjah;Sharjah;25.35;55.42;1800;沙迦
VN;Hai Phong;Hai Phong;20.86;106.68;2000;海防
MY;Johor Bahru;Johor;1.49;103.74;860;新山
AU;Gold Coast;Queensland;-28.02;153.40;640;黄金海岸
"""
"""country;name;region;latitude;longitude;people in thousands;other spellings split by |"""

OTHER_SPELLINGS = """
DE;Munich;München|慕尼黑
DE;Frankfurt;Frankfurt a.M.|Frankfurt am Main|Frankfurt/Main|法兰克福
DE;Hamburg;汉堡
AT;Vienna;Wien
CH;Geneva;Genève|Genf|日内瓦
CH;Zürich;Zurich|苏黎世
CH;Bern;Berne|伯尔尼
BE;Brussels;Bruxelles|Brussel
NL;The Hague;Den Haag|'s-Gravenhage|海牙
FR;Lyon;Lyons|里昂
FR;Marseille;Marseilles|马赛
IT;Turin;Torino|都灵
IT;Milan;Milano|米兰
IT;Rome;Roma
IT;Florence;Firenze|佛罗伦萨
IT;Venice;Venezia|威尼斯
IT;Naples;Napoli|那不勒斯
IT;Genoa;Genova|热那亚
ES;Seville;Sevilla|塞维利亚
ES;Barcelona;巴塞罗那
PT;Lisbon;Lisboa
DK;København;Copenhagen|Kobenhavn
PL;Warsaw;Warszawa
PL;Kraków;Krakow|Cracow
CZ;Prague;Praha
RO;Bucharest;București
RU;Moscow;Moskva
RU;St. Petersburg;Saint Petersburg|Sankt-Peterburg|圣彼得堡
GR;Athens;Athina
RS;Belgrade;Beograd
UA;Kiev;Kyiv
MX;Mexico City;México D.F.|Mexico D.F.|Ciudad de México|CDMX
BR;São Paulo;Sao Paulo
BR;Rio de Janeiro;里约热内卢
CA;Montréal;Montreal
CA;Québec;Quebec City
CA;Ottawa;渥太华
US;New York;New York City|NYC|纽约市
US;Washington, D.C.;Washington|Washington DC|华盛顿
US;San Francisco;旧金山|三藩市
US;Seattle;西雅图
US;Boston;波士顿
US;Houston;休斯敦|休斯顿
US;Dallas;达拉斯
US;Philadelphia;费城
US;Miami;迈阿密
US;Atlanta;亚特兰大
US;San Diego;圣迭戈|圣地亚哥市
US;Las Vegas;拉斯维加斯
US;San Jose;圣何塞
US;St. Louis;Saint Louis
GB;Manchester;曼彻斯特
GB;Birmingham;伯明翰
GB;Edinburgh;爱丁堡
JP;Ōsaka;Osaka|大阪
JP;Nagoya;名古屋
JP;Sapporo;札幌
JP;Fukuoka;福冈
KR;Busan;Pusan|釜山
IN;Mumbai;Bombay|孟买
IN;Kolkata;Calcutta
IN;Bangalore;Bengaluru|班加罗尔
IN;Chennai;Madras|金奈
IN;New Delhi;Delhi|新德里|德里
VN;Ho Chi Minh City;Saigon|Hồ Chí Minh|胡志明市
VN;Hanoi;Hà Nội|河内
TH;Bangkok;Krung Thep
MM;Rangoon;Yangon|仰光
SG;Singapore;新加坡
AE;Abu Dhabi;阿布扎比
TW;Taipei;台北|臺北|台北市
TW;Kaohsiung;高雄|高雄市
TW;Taichung;台中|台中市|臺中
"""
"""country;name in the source;other spellings split by |"""

OTHER_COUNTRY_NAMES = """
GB;UK|Great Britain|England|Scotland|Wales|Northern Ireland|G.B.
US;USA|U.S.A.|U.S.|America|United States of America
CN;PRC|P.R. China|PR China|People's Republic of China|Mainland China|中华人民共和国
KR;South Korea|Republic of Korea|Korea
KP;North Korea
NL;Holland|The Netherlands|Nederland
AE;UAE|U.A.E.
RU;Russian Federation
CZ;Czech Republic
VN;Viet Nam
TR;Turkey
CI;Ivory Coast
MM;Burma
HK;Hong Kong|Hongkong|香港
MO;Macau|Macao|澳门
TW;Taiwan|台湾|臺灣
DE;Deutschland
AT;Österreich
CH;Schweiz|Suisse|Svizzera
ES;España
IT;Italia
BR;Brasil
BE;België|Belgique
SE;Sverige
NO;Norge
DK;Danmark
FI;Suomi
PL;Polska
JP;日本国|Nippon
"""
"""country;other names split by |"""

REGION_CODES = """
US;AL=Alabama|AK=Alaska|AZ=Arizona|AR=Arkansas|CA=California|CO=Colorado|CT=Connecticut|DE=Delaware|FL=Florida|GA=Georgia
US;HI=Hawaii|ID=Idaho|IL=Illinois|IN=Indiana|IA=Iowa|KS=Kansas|KY=Kentucky|LA=Louisiana|ME=Maine|MD=Maryland
US;MA=Massachusetts|MI=Michigan|MN=Minnesota|MS=Mississippi|MO=Missouri|MT=Montana|NE=Nebraska|NV=Nevada
US;NH=New Hampshire|NJ=New Jersey|NM=New Mexico|NY=New York|NC=North Carolina|ND=North Dakota|OH=Ohio|OK=Oklahoma
US;OR=Oregon|PA=Pennsylvania|RI=Rhode Island|SC=South Carolina|SD=South Dakota|TN=Tennessee|TX=Texas|UT=Utah
US;VT=Vermont|VA=Virginia|WA=Washington|WV=West Virginia|WI=Wisconsin|WY=Wyoming|DC=District of Columbia
CA;BC=British Columbia|AB=Alberta|ON=Ontario|QC=Québec|MB=Manitoba|SK=Saskatchewan|NS=Nova Scotia|NB=New Brunswick
CA;NL=Newfoundland and Labrador|YT=Yukon
BR;SP=São Paulo|RJ=Rio de Janeiro|MG=Minas Gerais|RS=Rio Grande do Sul|PR=Paraná|SC=Santa Catarina|BA=Bahia|PE=Pernambuco
BR;CE=Ceará|GO=Goiás|AM=Amazonas|PA=Pará|MT=Mato Grosso|ES=Espírito Santo|DF=Distrito Federal
AU;NSW=New South Wales|VIC=Victoria|QLD=Queensland|WA=Western Australia|SA=South Australia|TAS=Tasmania
"""
"""country;code=name of the region, split by |"""

CHINESE_SPELLINGS = {
    "2301": "Harbin", "6501": "Urumqi", "1501": "Hohhot", "5401": "Lhasa", "6531": "Kashgar", "6532": "Hotan",
    "15": "Inner Mongolia", "54": "Tibet", "61": "Shaanxi", "65": "Xinjiang", "64": "Ningxia", "45": "Guangxi",
    "6502": "Karamay", "2302": "Qiqihar", "1507": "Hulunbuir", "1506": "Ordos", "5402": "Shigatse", "6543": "Altay",
    "6101": "Xi'an", "3415": "Lu'an", "81": "Hong Kong", "82": "Macao", "71": "Taiwan", "3301": "Hangzhou",
    "4201": "Wuhan", "22": "Jilin", "2202": "Jilin City",
    "1404": "Changzhi", "1411": "Lüliang", "2113": "Chaoyang", "4111": "Luohe", "5403": "Qamdo", "5404": "Nyingchi",
    "6504": "Turpan", "1509": "Ulanqab", "1525": "Xilingol", "1522": "Hinggan", "1529": "Alxa", "1508": "Bayannur",
    "6540": "Ili", "3709": "Tai'an", "2327": "Da Hinggan Ling", "3408": "Anqing", "8201": "Macao Peninsula",
    "8101": "Hong Kong Island", "8102": "Kowloon", "8103": "New Territories", "8202": "Taipa", "7101": "Taipei",
    "7102": "New Taipei", "7104": "Taichung", "7106": "Kaohsiung", "7107": "Keelung", "7108": "Hsinchu",
}  # fmt: skip
"""Usual Latin spelling by division code, where it is not plain pinyin."""

CHINESE_PEOPLE = {
    "3205": 12750, "3413": 5300, "3310": 6620, "3212": 4510, "3501": 8290,
    "3610": 3610, "3609": 5010, "2307": 880, "4509": 5800, "6108": 3620,
}  # fmt: skip
"""People in thousands (census of 2020) of cities that share their Latin spelling; the greater one is meant."""

BEYOND_MAINLAND = """
8101;香港岛;22.27;114.19
8102;九龙;22.32;114.18
8103;新界;22.40;114.13
8201;澳门半岛;22.20;113.55
8202;澳门外岛;22.15;113.56
7101;台北市;25.04;121.53
7102;新北市;25.01;121.46
7103;桃园市;24.99;121.30
7104;台中市;24.15;120.67
7105;台南市;22.99;120.20
7106;高雄市;22.63;120.30
7107;基隆市;25.13;121.74
7108;新竹市;24.80;120.97
7109;嘉义市;23.48;120.45
7110;新竹县;24.83;121.01
7111;苗栗县;24.56;120.82
7112;彰化县;24.08;120.54
7113;南投县;23.91;120.68
7114;云林县;23.71;120.54
7115;嘉义县;23.46;120.29
7116;屏东县;22.67;120.49
7117;宜兰县;24.75;121.75
7118;花莲县;23.98;121.60
7119;台东县;22.76;121.14
7120;澎湖县;23.57;119.58
"""
"""our own code;name as in the source;latitude;longitude: the sources give these divisions no position"""
